internal import Manifests

/// Which file of the state branch says what.
package enum StateFile: Hashable, Sendable {
    /// Height, source commit and evaluation time.
    case root
    case tenant(String)
    case cvlan(tenant: String, name: String)
    /// The root document of a version, signed.
    case rootDocument(UInt64)
    /// What people have signed of a commit of main.
    case approvals(SourceCommit)

    package init?(path: String) {
        if path == "state.json" {
            self = .root
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, let file = Self(in: parts[0], parts[1]) {
            self = file
            return
        }
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

    /// Of the evidence.
    private init?(in folder: String, _ name: String) {
        if folder == "roots", name.hasSuffix(".dsse"), let version = UInt64(name.dropLast(5)), version > 0 {
            self = .rootDocument(version)
        } else if folder == "approvals", let commit = SourceCommit(name) {
            self = .approvals(commit)
        } else {
            return nil
        }
        guard path == "\(folder)/\(name)" else { return nil }
    }

    package var path: String {
        switch self {
        case .root: "state.json"
        case .rootDocument(let version): "roots/\(version).dsse"
        case .approvals(let commit): "approvals/\(commit)"
        case .tenant(let tenant): "tenants/\(tenant)/tenant.json"
        case .cvlan(let tenant, let name): "tenants/\(tenant)/cvlans/\(name).json"
        }
    }
}
