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
            let tenants = Self.tenants(toBlameFor: finding, read)
            if tenants.isEmpty { common.append(finding) }
            // Of other tenants not everything was read.
            for tenant in tenants where read.touched.contains(tenant) {
                byTenant[tenant, default: []].append(finding)
            }
        }
    }

    func holdBack(_ tenant: String) -> Bool { !common.isEmpty || byTenant[tenant] != nil }

    /// As the controller does it: the finding's own tenant; where that is none, or one that nobody knows, also those that
    /// had documents in the file before, or whose folder it is in.
    private static func tenants(toBlameFor finding: Finding, _ read: ReadManifests) -> Set<String> {
        let path = finding.span.file.path
        var tenants: Set<String> = []
        if let tenant = finding.tenant {
            tenants.insert(tenant)
            guard read.head.tenants[tenant] == nil, read.base.tenants[tenant] == nil else { return tenants }
        }
        tenants.formUnion(read.oldTenants[path] ?? [])
        if let folder = ManifestLoader.tenant(ofPath: path) { tenants.insert(folder) }
        return tenants
    }
}
