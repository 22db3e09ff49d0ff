internal import Addressing
internal import Manifests
internal import OverlayNetwork

/// strongSwan's swanctl.conf for the device's side of the tunnel.
///
/// Secrets are not in it: who has the preshared key or the password puts it where the placeholder is.
package struct SwanctlConf: Sendable {
    package let text: String

    /// Where strongSwan finds certificates: absolute, or in `x509` and `x509ca` of its folder. Private keys it finds by
    /// themselves, in `private` there.
    package struct Files: Sendable {
        /// The device's own.
        package var certificate: String
        /// The authority of the gateway.
        package var authority: String

        package init(certificate: String = "device.pem", authority: String = "cvlan-ca.pem") {
            self.certificate = certificate
            self.authority = authority
        }
    }

    /// - Parameter exports: one for each network of the device.
    /// - Throws: when the gateway has no name that strongSwan would find in its certificate.
    package init(_ exports: [DeviceExport], files: Files = Files()) throws {
        var lines = ["# The side of \(exports.first?.site.node ?? "the device"): put it into /etc/swanctl/conf.d."]
        if exports.contains(where: { $0.proof != .presharedKey }) {
            lines.append(
                "# \(files.authority) is the controller's ca.pem: put it into /etc/swanctl/x509ca (cvlan export --format ca)."
            )
        }
        if exports.contains(where: { [.certificate, .certificateByEAP].contains($0.proof) }) {
            lines.append(
                "# \(files.certificate) is the device's own certificate, in /etc/swanctl/x509; its key is in "
                    + "/etc/swanctl/private.")
        }
        lines += Self.section("connections", try exports.flatMap { try Self.connection($0, files) })
        let secrets = exports.filter { $0.site.connection.secret != nil }
        if !secrets.isEmpty {
            lines.append("# The repository holds it sealed to the gateway alone: put it in here by hand.")
            lines += Self.section("secrets", secrets.flatMap { Self.secret($0) })
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func connection(_ export: DeviceExport, _ files: Files) throws -> [String] {
        let (site, connection) = (export.site, export.site.connection)
        let begins = connection.address == nil
        var lines = ["version = 2", "encap = yes", "mobike = yes", "fragmentation = yes"]
        lines.append("proposals = \(site.profile.ikeProposals)")
        let known = export.gatewayEndpoints.first.map { "\($0.host)" } ?? export.gatewayName
        lines.append("remote_addrs = \(known ?? (begins ? "GATEWAY-ADDRESS" : "%any"))")
        lines += ["rekey_time = 4h", "dpd_delay = 30s"]
        if begins { lines.append("keyingtries = 0") }
        if connection.eap != nil { lines.append("vips = \(anyAddresses(site).joined(separator: ","))") }
        lines += section("local", local(export, files))
        lines += section("remote", try remote(export, files))
        // Who gets its address from the gateway has that one alone.
        var child =
            connection.eap == nil
            ? ["local_ts = \(site.remoteSelectors.map(\.description).joined(separator: ","))"] : []
        child += [
            "remote_ts = \(site.localSelectors.map(\.description).joined(separator: ","))",
            "esp_proposals = \(site.profile.espProposals)", "rekey_time = 1h",
        ]
        child += begins ? ["start_action = start", "dpd_action = restart", "close_action = start"] : []
        lines += section("children", section(export.network, child))
        return section(export.name, lines)
    }

    /// What asks for one of each family that the device has.
    private static func anyAddresses(_ site: IPsecSite) -> [String] {
        Set(site.addresses.map(\.family)).sorted().map { $0 == .v4 ? "0.0.0.0" : "::" }
    }

    private static func local(_ export: DeviceExport, _ files: Files) -> [String] {
        let connection = export.site.connection
        let id = "id = \(quoted(connection.identity.text))"
        let login = "eap_id = \(quoted(connection.loginName))"
        let certificate = "certs = \(files.certificate)"
        return switch export.proof {
        case .presharedKey: ["auth = psk", id]
        case .certificate: ["auth = pubkey", id, certificate]
        case .password: ["auth = eap-mschapv2", id, login]
        case .certificateByEAP: ["auth = eap-tls", id, login, certificate]
        }
    }

    /// strongSwan has no word for URIs, and finds none in a certificate. With a preshared key it need not ask: whoever has
    /// it is the gateway.
    private static func remote(_ export: DeviceExport, _ files: Files) throws -> [String] {
        if export.proof == .presharedKey {
            return ["auth = psk"] + (gatewayID(export).map { ["id = \(quoted($0))"] } ?? [])
        }
        let subject = export.gatewayIdentity.flatMap { $0.kind == .distinguishedName ? $0.text : nil }
        let name = try subject ?? export.provenName() ?? ""
        return ["auth = pubkey", "id = \(quoted(name))", "cacerts = \(files.authority)"]
    }

    private static func secret(_ export: DeviceExport) -> [String] {
        let connection = export.site.connection
        guard export.proof == .presharedKey else {
            return section(
                "eap-\(export.name)", ["id = \(quoted(connection.loginName))", "secret = \"PASSWORD\""])
        }
        return section("ike-\(export.name)", owners(export) + ["secret = \"PRESHARED-KEY\""])
    }

    /// Whom strongSwan knows a preshared key by. A gateway that calls does not say whom it wants, so it finds the key by the
    /// gateway's name alone; where it has no word for that, the key is for whoever calls.
    private static func owners(_ export: DeviceExport) -> [String] {
        let own = "id-1 = \(quoted(export.site.connection.identity.text))"
        guard export.site.connection.address != nil else { return [own] }
        return gatewayID(export).map { [own, "id-2 = \(quoted($0))"] } ?? []
    }

    private static func gatewayID(_ export: DeviceExport) -> String? {
        export.gatewayIdentity.flatMap { $0.kind == .uri ? nil : $0.text }
    }

    private static func section(_ name: String, _ lines: [String]) -> [String] {
        ["\(name) {"] + lines.map { "    " + $0 } + ["}"]
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension DeviceExport {
    /// Of the connection, at the device.
    fileprivate var name: String { "\(network)-\(site.gateway)" }
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
