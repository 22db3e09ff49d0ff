internal import Manifests

/// Only a device without our agent is told how to speak IPsec: agents know.
struct IPsecPlaceRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.nodes where node.role != .external {
            guard let ipsec = node.ipsec else { continue }
            report.add(
                .misplacedIPsec, at: ipsec.$identity.span,
                "`ipsec` is for devices without our agent, and the role of `\(node.name)` is \(node.role.rawValue): "
                    + "`protocol: ipsec` makes an agent's links IPsec",
                fixes: node.$role.span.isWritten
                    ? [.replace(node.$role.span, with: "external", "write `external`", .suggested)] : [])
        }
    }
}
