internal import Manifests
internal import OverlayNetwork

/// A login belongs to one device at its gateway, in one network: by it the gateway knows whose device calls. And the device
/// finds its gateway's name in a certificate.
struct LoginRule: Rule {
    /// What is proven, which decides who it is: the user's name, or what the certificate names.
    private struct Login: Hashable {
        let gateway: String
        let method: EAPMethod
        let name: String
    }

    func check(_ tenant: TenantView, _ report: inout Report) {
        var owners: [Login: (device: String, span: SourceSpan)] = [:]
        for device in tenant.liveNodes where device.isIPsecDevice {
            guard let ipsec = device.ipsec, let method = ipsec.eap else { continue }
            if device.gatewayName == nil {
                report.add(
                    .gatewayWithoutName, at: ipsec.$eap.span,
                    "devices that log in look for a DNS name in the gateway's certificate: write the host name that "
                        + "`\(device.name)` dials as `localIdentity`")
            }
            let isUser = method == .mschapv2 && ipsec.user != nil
            let name = method == .mschapv2 ? ipsec.loginName : ipsec.identity.text
            let span = isUser ? ipsec.$user.span : ipsec.$identity.span
            for (network, gateway) in tenant.gateways(of: device, ipsec) {
                let login = Login(gateway: gateway.name, method: method, name: name)
                guard let owner = owners[login] else {
                    owners[login] = (device.name, span)
                    continue
                }
                report.add(
                    .loginTwice, at: span,
                    owner.device == device.name
                        ? "`\(device.name)` logs in to gateway `\(gateway.name)` for another network than `\(network)` "
                            + "already: one login is for one network"
                        : "`\(name)` is the login of `\(owner.device)` at gateway `\(gateway.name)` already",
                    related: owner.device == device.name
                        ? [] : [Finding.Related(owner.span, "the login of `\(owner.device)`")])
            }
        }
    }
}
