internal import Lint
internal import Manifests

/// What holds back one side, and whom.
struct Faults {
    enum Side {
        case base, head
    }

    private(set) var byTenant: [String: [Finding]] = [:]
    /// Nobody can be blamed for these: they hold back everyone.
    private(set) var common: [Finding] = []

    init(of read: ReadManifests, _ side: Side, at time: Timestamp) {
        let set = side == .base ? read.base : read.head
        for finding in Linter(at: time).findings(in: set) where finding.code.holdsBack {
            let tenants = finding.tenantsToBlame(
                isKnown: { read.head.tenants[$0] != nil || read.base.tenants[$0] != nil },
                ownersBefore: { read.oldTenants[$0] ?? [] },
                ownersNow: { (side == .base ? read.oldTenants : read.newTenants)[$0] ?? [] })
            if tenants.isEmpty { common.append(finding) }
            // Of other tenants not everything was read.
            for tenant in tenants where read.touched.contains(tenant) {
                byTenant[tenant, default: []].append(finding)
            }
        }
    }

    func holdBack(_ tenant: String) -> Bool { !common.isEmpty || byTenant[tenant] != nil }
}
