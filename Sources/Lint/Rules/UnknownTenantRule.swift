internal import Manifests

/// Every resource belongs to a tenant that has a `Tenant` manifest.
enum UnknownTenantRule {
    static func findings(in set: ManifestSet) -> [Finding] {
        var hints = HintBudget()
        let undecodable = Set(set.undecodable.lazy.filter { $0.kind == .tenant }.map(\.name))
        return set.orphans.compactMap { resource in
            let tenant = resource.metadata.$tenant
            guard !undecodable.contains(tenant.value) else { return nil }
            return .unknown(
                .unknownTenant, at: tenant.span, "there is no Tenant `\(tenant)`",
                meant: hints.nearest(to: tenant.value, among: set.tenants.keys), tenant: tenant.value)
        }
    }
}
