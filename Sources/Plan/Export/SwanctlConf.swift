internal import Manifests
internal import OverlayNetwork

/// strongSwan's swanctl.conf for the device's side of the tunnel.
///
/// Secrets are not in it: who has the preshared key puts it where the placeholder is.
package struct SwanctlConf: Sendable {
    package let text: String

    /// - Parameter exports: one for each network of the device.
    package init(_ exports: [DeviceExport]) {
        var lines = ["# The side of \(exports.first?.site.node ?? "the device"): put it into /etc/swanctl/conf.d."]
        lines += Self.section("connections", exports.flatMap { Self.connection($0) })
        let secrets = exports.filter { $0.site.connection.secret != nil }
        if !secrets.isEmpty {
            lines.append(
                "# The repository holds the preshared key sealed to the gateway alone: put it in here by hand.")
            lines += Self.section("secrets", secrets.flatMap { Self.secret($0) })
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func connection(_ export: DeviceExport) -> [String] {
        let (site, connection) = (export.site, export.site.connection)
        let begins = connection.address == nil
        var lines = ["version = 2", "encap = yes", "mobike = yes", "fragmentation = yes"]
        lines.append("proposals = \(site.profile.ikeProposals)")
        if let endpoint = export.gatewayEndpoints.first {
            lines.append("remote_addrs = \(endpoint.host)")
        } else {
            lines.append(begins ? "remote_addrs = GATEWAY-ADDRESS" : "remote_addrs = %any")
        }
        lines += ["rekey_time = 4h", "dpd_delay = 30s"]
        if begins { lines.append("keyingtries = 0") }
        lines += section("local", authentication(connection, identity: connection.identity, isLocal: true))
        lines += section("remote", authentication(connection, identity: export.gatewayIdentity, isLocal: false))
        var child = [
            "local_ts = \(site.remoteSelectors.map(\.description).joined(separator: ","))",
            "remote_ts = \(site.localSelectors.map(\.description).joined(separator: ","))",
            "esp_proposals = \(site.profile.espProposals)", "rekey_time = 1h",
        ]
        child += begins ? ["start_action = start", "dpd_action = restart", "close_action = start"] : []
        lines += section("children", section(export.network, child))
        return section(export.name, lines)
    }

    private static func authentication(
        _ connection: IPsecConnection, identity: IKEIdentity, isLocal: Bool
    ) -> [String] {
        let id = "id = \"\(identity.swanctl)\""
        switch connection.authentication {
        case .secret: return ["auth = psk", id]
        case .authorities where isLocal: return ["auth = pubkey", id, "certs = \(fileName(connection)).pem"]
        // The authority of the controller, as `cvlan controller init` wrote it.
        case .authorities: return ["auth = pubkey", id, "cacerts = cvlan-ca.pem"]
        }
    }

    private static func fileName(_ connection: IPsecConnection) -> String {
        connection.identity.kind == .domain ? connection.identity.text : "device"
    }

    private static func secret(_ export: DeviceExport) -> [String] {
        section(
            "ike-\(export.name)",
            [
                "id-1 = \"\(export.site.connection.identity.swanctl)\"",
                "id-2 = \"\(export.gatewayIdentity.swanctl)\"", "secret = \"PRESHARED-KEY\"",
            ])
    }

    private static func section(_ name: String, _ lines: [String]) -> [String] {
        ["\(name) {"] + lines.map { "    " + $0 } + ["}"]
    }
}

extension DeviceExport {
    /// Of the connection, at the device.
    fileprivate var name: String { "\(network)-\(site.gateway)" }
}

extension IKEIdentity {
    /// strongSwan has no word for URIs: these it takes as the GeneralName that they are on the wire (RFC 5280 §4.2.1.6).
    fileprivate var swanctl: String {
        guard kind == .uri else { return text }
        let count = text.utf8.count
        // At most 255 letters, so the length takes one byte, or two.
        let header: [UInt8] = count < 128 ? [0x86, UInt8(count)] : [0x86, 0x81, UInt8(count)]
        return "asn1gn:#"
            + (header + Array(text.utf8)).map { byte in
                let digits = String(byte, radix: 16)
                return byte < 16 ? "0" + digits : digits
            }.joined()
    }
}

extension IPsecProfile {
    /// In strongSwan's words.
    fileprivate var ikeProposals: String {
        switch self {
        case .cnsa: "aes256gcm16-prfsha384-ecp384"
        case .modern: Self.modernIKE
        case .compatible:
            "\(Self.modernIKE),aes256-aes128-sha256-sha384-sha512-x25519-ecp256-ecp384-modp2048-modp3072-modp4096"
        }
    }

    fileprivate var espProposals: String {
        switch self {
        case .cnsa: "aes256gcm16-ecp384"
        case .modern: Self.modernESP
        case .compatible:
            "\(Self.modernESP),aes256-aes128-sha256-sha384-sha512-x25519-ecp256-ecp384-modp2048-modp3072-modp4096"
        }
    }

    private static let modernIKE =
        "aes256gcm16-aes128gcm16-chacha20poly1305-prfsha384-prfsha256-x25519-ecp256-ecp384"
    private static let modernESP = "aes256gcm16-aes128gcm16-chacha20poly1305-x25519-ecp256-ecp384"
}
