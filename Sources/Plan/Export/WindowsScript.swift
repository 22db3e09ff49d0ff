internal import OverlayNetwork

/// PowerShell for the IKEv2 client of Windows 10 and later, which offers nothing by itself that the profiles take.
package struct WindowsScript: Sendable {
    package let text: String

    /// - Parameter authorityFile: the file that the authorities are in on the device.
    /// - Throws: when the gateway has no name that the device would find, or Windows cannot do it.
    package init(_ exports: [DeviceExport], authorityFile: String) throws {
        var lines = ["# The side of \(exports.first?.site.node ?? "the device"): PowerShell, as an administrator."]
        guard exports.allSatisfy({ $0.proof != .presharedKey }) else {
            throw PlanError(
                "Windows' IKEv2 client knows no preshared keys: write `eap: mschapv2` or `ca` into the manifest")
        }
        lines.append(
            "Import-Certificate -FilePath \(Self.quoted(authorityFile)) -CertStoreLocation Cert:\\LocalMachine\\Root")
        for export in exports { lines += try Self.connection(export) }
        text = lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func connection(_ export: DeviceExport) throws -> [String] {
        let name = quoted("\(export.tenant) \(export.network)")
        let server = quoted(try export.provenName() ?? export.dialled())
        var lines = [""]
        if export.proof == .certificateByEAP { lines.append("$eap = New-EapConfiguration -Tls -UserCertificate") }
        let method =
            switch export.proof {
            case .certificate: "MachineCertificate"
            case .certificateByEAP: "Eap -EapConfigXmlStream $eap.EapConfigXmlStream"
            // Name and password (EAP-MSCHAPv2) is what it means by itself.
            case .password, .presharedKey: "Eap"
            }
        lines += [
            "Add-VpnConnection -Name \(name) -ServerAddress \(server) -TunnelType Ikev2 -AuthenticationMethod \(method) "
                + "-EncryptionLevel Maximum -SplitTunneling -Force",
            "Set-VpnConnectionIPsecConfiguration -ConnectionName \(name) -AuthenticationTransformConstants GCMAES256 "
                + "-CipherTransformConstants GCMAES256 -EncryptionMethod GCMAES256 -IntegrityCheckMethod SHA384 "
                + "-DHGroup ECP384 -PfsGroup ECP384 -Force",
        ]
        lines += export.site.localSelectors.map {
            "Add-VpnConnectionRoute -ConnectionName \(name) -DestinationPrefix \(quoted("\($0)"))"
        }
        if export.proof == .password {
            lines.append("# It asks for the password when it connects, as user \(export.site.connection.loginName).")
        }
        return lines
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
