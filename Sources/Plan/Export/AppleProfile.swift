package import OverlayNetwork

/// A configuration profile (.mobileconfig) for iOS, iPadOS and macOS: what Apple's "Device Management" documents as the
/// payloads `com.apple.vpn.managed` (VPNType IKEv2) and `com.apple.security.root`.
///
/// A password or a preshared key is not in it: the device asks for it. Nor is the device's own certificate.
package struct AppleProfile: Sendable {
    package let text: String

    /// - Parameter authorities: who vouches for the gateway, where it proves itself by certificate.
    /// - Throws: when the gateway has no name that the device would find.
    package init(_ exports: [DeviceExport], authorities: CertificateAuthorities?) throws {
        guard let first = exports.first else { throw PlanError("there is no network to print") }
        let name = "io.cvlan.\(first.tenant).\(first.site.node)"
        var payloads: [PropertyList] = []
        for (number, authority) in (authorities?.all ?? []).enumerated() {
            let fields: [(String, PropertyList)] = [
                ("PayloadCertificateFileName", .text("ca-\(number + 1).cer")), ("PayloadContent", .data(authority.der)),
            ]
            payloads.append(
                Self.payload("com.apple.security.root", "\(name).ca-\(number + 1)", authority.subject, fields))
        }
        for export in exports { payloads.append(try Self.tunnel(export, name)) }
        text =
            Self.payload(
                "Configuration", name, "\(first.tenant): \(first.site.node)", [("PayloadContent", .list(payloads))]
            ).document
    }

    private static func tunnel(_ export: DeviceExport, _ name: String) throws -> PropertyList {
        let title = "\(export.tenant) \(export.network)"
        let address = try export.dialled()
        var tunnel: [(String, PropertyList)] = [
            ("RemoteAddress", .text(address)),
            ("RemoteIdentifier", .text(export.gatewayIdentity?.text ?? address)),
            ("LocalIdentifier", .text(export.site.connection.identity.text)),
        ]
        tunnel += authentication(export)
        let security: PropertyList = .record([
            // In all profiles.
            ("EncryptionAlgorithm", .text("AES-256-GCM")), ("IntegrityAlgorithm", .text("SHA2-384")),
            ("DiffieHellmanGroup", .number(20)), ("LifeTimeInMinutes", .number(60)),
        ])
        tunnel += [
            ("IKESecurityAssociationParameters", security), ("ChildSecurityAssociationParameters", security),
            ("EnablePFS", .number(1)), ("DeadPeerDetectionRate", .text("Medium")),
            // Split networks as the gateway says them (RFC 7296 §3.15.1).
            ("UseConfigurationAttributeInternalIPSubnet", .number(1)),
        ]
        return payload(
            "com.apple.vpn.managed", "\(name).\(export.network)", title,
            [("UserDefinedName", .text(title)), ("VPNType", .text("IKEv2")), ("IKEv2", .record(tunnel))])
    }

    private static func authentication(_ export: DeviceExport) -> [(String, PropertyList)] {
        let connection = export.site.connection
        return switch export.proof {
        case .presharedKey: [("AuthenticationMethod", .text("SharedSecret"))]
        case .certificate: [("AuthenticationMethod", .text("Certificate"))]
        case .password:
            [
                ("AuthenticationMethod", .text("None")), ("ExtendedAuthEnabled", .number(1)),
                ("AuthName", .text(connection.loginName)),
            ]
        case .certificateByEAP:
            [("AuthenticationMethod", .text("Certificate")), ("ExtendedAuthEnabled", .number(1))]
        }
    }

    private static func payload(
        _ type: String, _ identifier: String, _ title: String, _ fields: [(String, PropertyList)]
    ) -> PropertyList {
        .record(
            [
                ("PayloadType", .text(type)), ("PayloadVersion", .number(1)), ("PayloadIdentifier", .text(identifier)),
                ("PayloadUUID", .text(UniqueID.of(type, identifier))), ("PayloadDisplayName", .text(title)),
            ] + fields)
    }
}
