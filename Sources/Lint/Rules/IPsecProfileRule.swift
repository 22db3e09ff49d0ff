internal import Manifests

/// No network uses weaker algorithms than its tenant says.
struct IPsecProfileRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        let demand = tenant.tenant.defaults.$ipsecProfile
        // What is only the default demands nothing.
        guard demand.span.isWritten else { return }
        for network in tenant.cvlans {
            guard let profile = network.ipsecProfile, profile.strength < demand.value.strength else { continue }
            report.add(
                .weakIPsecProfile, at: network.$ipsecProfile.span,
                "`\(profile.rawValue)` is weaker than `\(demand.value.rawValue)`, which the tenant demands",
                related: [Finding.Related(demand.span, "the tenant's demand")],
                fixes: [
                    .replace(
                        network.$ipsecProfile.span, with: demand.value.rawValue, "write `\(demand.value.rawValue)`",
                        .suggested)
                ])
        }
    }
}

extension IPsecProfile {
    fileprivate var strength: Int {
        switch self {
        case .compatible: 0
        case .modern: 1
        case .cnsa: 2
        }
    }
}
