internal import Manifests
internal import OverlayNetwork

/// What to enter on a device with a built-in IKEv2 client: for people, one name and one value in a line.
package struct ClientSettings: Sendable {
    package let text: String

    private static let hidden = "(not shown: the repository holds it sealed to the gateway alone)"

    package init(_ export: DeviceExport) {
        let site = export.site
        let server = (try? export.dialled()) ?? "(the address of gateway \(site.gateway))"
        var lines = ["Network \(export.network), through gateway \(site.gateway)", ""]
        lines += Self.table(
            "iOS, iPadOS, macOS: VPN, add a configuration, IKEv2; or install what --format apple prints",
            [
                ("Server", server), ("Remote ID", export.gatewayIdentity?.text ?? server),
                ("Local ID", site.connection.identity.text),
            ] + Self.apple(export))
        lines += Self.table(
            "Android: VPN, \(export.androidType); or, with the strongSwan app, import what --format sswan prints",
            [("Server address", server), ("IPSec identifier", site.connection.identity.text)] + Self.android(export))
        lines += Self.windows(export, server)
        lines += Self.notes(export)
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func apple(_ export: DeviceExport) -> [(name: String, value: String)] {
        switch export.proof {
        case .presharedKey: [("User authentication", "None"), ("Secret", hidden)]
        case .certificate:
            [("User authentication", "None"), ("Use certificate", "the device's own, with its authority installed")]
        case .password:
            [("User authentication", "Username"), ("Username", export.site.connection.loginName), ("Password", hidden)]
        case .certificateByEAP:
            [("User authentication", "Certificate"), ("Certificate", "the device's own")]
        }
    }

    private static func android(_ export: DeviceExport) -> [(name: String, value: String)] {
        let authority = ("IPSec CA certificate", "the controller's, as --format ca prints it")
        return switch export.proof {
        case .presharedKey: [("IPSec pre-shared key", hidden)]
        case .certificate: [("IPSec user certificate", "the device's own"), authority]
        case .password: [authority, ("Username", export.site.connection.loginName), ("Password", hidden)]
        case .certificateByEAP: [("User certificate", "the device's own"), authority]
        }
    }

    private static func windows(_ export: DeviceExport, _ server: String) -> [String] {
        guard export.proof != .presharedKey else {
            return [
                "Windows: its IKEv2 client knows no preshared keys; give the device a certificate, and write `ca`", "",
            ]
        }
        return table(
            "Windows: VPN, Windows (built-in), and its algorithms; or run what --format windows prints",
            [
                ("Server name or address", server), ("VPN type", "IKEv2"),
                ("Type of sign-in info", export.proof == .password ? "User name and password" : "Certificate"),
            ] + (export.proof == .password ? [("User name", export.site.connection.loginName)] : []))
    }

    private static func notes(_ export: DeviceExport) -> [String] {
        var notes: [String] = []
        if export.site.profile != .compatible {
            notes.append(
                "Built-in clients offer AES-CBC with MODP groups first: profile `compatible` takes what they offer.")
        }
        if export.gatewayName == nil {
            notes.append(
                "They expect the gateway to call itself by a host name: write `localIdentity: HOST` into the manifest.")
        } else if export.proof != .presharedKey {
            notes.append("Its name must lead to the gateway, and the device must trust the controller's authority.")
        }
        notes.append(
            "The device gets \(export.site.addresses.map { "\($0.address)" }.joined(separator: " and ")) and reaches "
                + "\(export.site.localSelectors.map(\.description).joined(separator: ", ")).")
        return notes.map { "- \($0)" }
    }

    private static func table(_ title: String, _ rows: [(name: String, value: String)]) -> [String] {
        let width = rows.map(\.name.count).max() ?? 0
        return [title]
            + rows.map { row in
                "    " + row.name + ":" + String(repeating: " ", count: width - row.name.count + 1) + row.value
            } + [""]
    }
}

extension DeviceExport {
    fileprivate var androidType: String {
        switch proof {
        case .presharedKey: "IKEv2/IPSec PSK"
        case .certificate: "IKEv2/IPSec RSA"
        case .password: "IKEv2/IPSec MSCHAPv2"
        case .certificateByEAP: "none of its own (EAP-TLS)"
        }
    }
}
