internal import Manifests

/// Which file of the state branch says what.
package enum StateFile: Hashable, Sendable {
    /// Height, source commit and evaluation time.
    case root
    case tenant(String)
    case cvlan(tenant: String, name: String)

    package init?(path: String) {
        if path == "state.json" {
            self = .root
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 2, parts[0] == "tenants", DomainName.isLabel(parts[1]) else { return nil }
        if parts.count == 3, parts[2] == "tenant.json" {
            self = .tenant(parts[1])
        } else if parts.count == 4, parts[2] == "cvlans", parts[3].hasSuffix(".json"),
            DomainName.isLabel(parts[3].dropLast(5))
        {
            self = .cvlan(tenant: parts[1], name: String(parts[3].dropLast(5)))
        } else {
            return nil
        }
    }

    package var path: String {
        switch self {
        case .root: "state.json"
        case .tenant(let tenant): "tenants/\(tenant)/tenant.json"
        case .cvlan(let tenant, let name): "tenants/\(tenant)/cvlans/\(name).json"
        }
    }
}
