internal import FoundationEssentials
package import OverlayNetwork

/// A profile (.sswan) for the strongSwan app on Android, in JSON, as its `VpnProfileImportActivity` reads it.
///
/// The app asks for the password; the device's own certificate is chosen when the profile is imported.
package struct AndroidProfile: Sendable {
    package let text: String

    private struct Profile: Encodable {
        var uuid: String
        var name: String
        var type: String
        var remote: Remote
        var local: Local
        var ikeProposal: String
        var espProposal: String
        var splitTunneling: SplitTunneling

        enum CodingKeys: String, CodingKey {
            case uuid, name, type, remote, local
            case ikeProposal = "ike-proposal"
            case espProposal = "esp-proposal"
            case splitTunneling = "split-tunneling"
        }
    }

    private struct Remote: Encodable {
        var addr: String
        var id: String
        /// DER in base64.
        var cert: String?
    }

    private struct Local: Encodable {
        var id: String?
        var eap_id: String?
    }

    private struct SplitTunneling: Encodable {
        var subnets: [String]
    }

    /// - Parameter authorities: who vouches for the gateway; the app takes one.
    /// - Throws: when the gateway has no name that the device would find, or the app cannot do it.
    package init(_ export: DeviceExport, authorities: CertificateAuthorities?) throws {
        guard let name = try export.provenName() else {
            throw PlanError(
                "the strongSwan app knows no preshared keys: write `eap: mschapv2` or `ca` into the manifest")
        }
        let connection = export.site.connection
        let type =
            switch export.proof {
            case .password, .presharedKey: "ikev2-eap"
            case .certificateByEAP: "ikev2-eap-tls"
            case .certificate: "ikev2-cert"
            }
        let profile = Profile(
            uuid: UniqueID.of("sswan", export.tenant, export.site.node, export.network),
            name: "\(export.tenant) \(export.network)", type: type,
            remote: Remote(
                addr: name, id: name, cert: authorities?.all.first.map { Data($0.der).base64EncodedString() }),
            local: Local(
                id: export.proof == .password ? nil : connection.identity.text,
                eap_id: export.proof == .password ? connection.loginName : nil),
            ikeProposal: "aes256gcm16-prfsha384-ecp384", espProposal: "aes256gcm16-ecp384",
            splitTunneling: SplitTunneling(subnets: export.site.localSelectors.map(\.description)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        text = String(decoding: try encoder.encode(profile), as: UTF8.self) + "\n"
    }
}
