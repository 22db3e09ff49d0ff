internal import Manifests
internal import Plan

/// What an auditor looks for first, taken from what a commit changes.
package struct Highlight: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case enrolled, nodeKeyChanged = "node-key-changed", nodeRevoked = "node-revoked"
        case memberAdded = "member-added", memberRemoved = "member-removed", roleChanged = "role-changed"
        case memberKeysChanged = "member-keys-changed", tokenKeysChanged = "token-keys-changed"
        case approvalsChanged = "approvals-changed", tenantAdded = "tenant-added", tenantRemoved = "tenant-removed"
    }

    package let kind: Kind
    package let tenant: String
    /// The node, or the member; empty for what is the tenant's own.
    package let name: String

    static func all(in resources: [ResourceChange]) -> [Highlight] {
        resources.flatMap { change -> [Highlight] in
            func found(_ kind: Kind, _ name: String) -> Highlight {
                Highlight(kind: kind, tenant: change.id.tenant, name: name)
            }
            switch (change.id.kind, change.action) {
            case (.tenant, .create): return [found(.tenantAdded, "")]
            case (.tenant, .delete): return [found(.tenantRemoved, "")]
            case (.tenant, .change): return change.fields.compactMap { ofTenant($0).map { found($0.0, $0.1) } }
            case (.node, .delete): return [found(.nodeRevoked, change.id.name)]
            case (.node, _):
                return change.fields.filter { $0.path == "spec.wireguard.publicKey" }.map { field in
                    found(
                        field.old == nil ? .enrolled : field.new == nil ? .nodeRevoked : .nodeKeyChanged,
                        change.id.name)
                }
            default: return []
            }
        }
    }

    private static func ofTenant(_ field: FieldChange) -> (Kind, String)? {
        if field.path == "spec.approvals" { return (.approvalsChanged, "") }
        if field.path == "spec.enrollment.tokenKeys" { return (.tokenKeysChanged, "") }
        let prefix = "spec.members["
        guard field.path.hasPrefix(prefix), let end = field.path.lastIndex(of: "]") else { return nil }
        let name = String(field.path[..<end].dropFirst(prefix.count))
        switch field.path[field.path.index(after: end)...] {
        case "": return (field.old == nil ? .memberAdded : .memberRemoved, name)
        case ".role": return (.roleChanged, name)
        case ".keys": return (.memberKeysChanged, name)
        default: return nil
        }
    }
}

extension Highlight: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .enrolled: "node \(tenant)/\(name) enrolled"
        case .nodeKeyChanged: "key of node \(tenant)/\(name) changed"
        case .nodeRevoked: "node \(tenant)/\(name) revoked"
        case .memberAdded: "member \(name) of \(tenant) added"
        case .memberRemoved: "member \(name) of \(tenant) removed"
        case .roleChanged: "role of member \(name) of \(tenant) changed"
        case .memberKeysChanged: "keys of member \(name) of \(tenant) changed"
        case .tokenKeysChanged: "keys for join tokens of \(tenant) changed"
        case .approvalsChanged: "approvals wanted by \(tenant) changed"
        case .tenantAdded: "tenant \(tenant) added"
        case .tenantRemoved: "tenant \(tenant) removed"
        }
    }
}
