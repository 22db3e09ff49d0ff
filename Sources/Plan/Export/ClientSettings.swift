internal import Manifests
internal import OverlayNetwork

/// What to enter on a device with a built-in IKEv2 client: for people, one name and one value in a line.
package struct ClientSettings: Sendable {
    package let text: String

    package init(_ export: DeviceExport) {
        let site = export.site
        let server = export.gatewayEndpoints.first.map { "\($0.host)" } ?? "(the address of gateway \(site.gateway))"
        let isPreshared = site.connection.secret != nil
        var lines = ["Network \(export.network), through gateway \(site.gateway)", ""]
        let secret = "(not shown: the repository holds it sealed to the gateway alone)"
        lines += Self.table(
            "iOS, iPadOS, macOS: VPN, add a configuration, IKEv2",
            [
                ("Server", server), ("Remote ID", export.gatewayIdentity.text),
                ("Local ID", site.connection.identity.text),
                ("User authentication", "None"),
                isPreshared
                    ? ("Secret", secret) : ("Use certificate", "the device's own, with its authority installed"),
            ])
        lines += Self.table(
            "Android: VPN, IKEv2/IPSec \(isPreshared ? "PSK" : "RSA")",
            [
                ("Server address", server), ("IPSec identifier", site.connection.identity.text),
                isPreshared
                    ? ("IPSec pre-shared key", secret) : ("IPSec user certificate", "the device's own"),
            ])
        lines += Self.windows(server, isPreshared: isPreshared)
        lines += Self.notes(export)
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func windows(_ server: String, isPreshared: Bool) -> [String] {
        guard !isPreshared else {
            return [
                "Windows: its IKEv2 client knows no preshared keys; give the device a certificate, and write `ca`", "",
            ]
        }
        return table(
            "Windows: VPN, Windows (built-in)",
            [
                ("Server name or address", server), ("VPN type", "IKEv2"), ("Type of sign-in info", "Certificate"),
            ])
    }

    private static func notes(_ export: DeviceExport) -> [String] {
        var notes: [String] = []
        if export.site.profile != .compatible {
            notes.append(
                "Built-in clients offer AES-CBC with MODP groups first: profile `compatible` takes what they offer.")
        }
        if export.gatewayIdentity.kind != .domain {
            notes.append(
                "They expect the gateway to call itself by a host name: write `localIdentity: HOST` into the manifest.")
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
