/// The kinds of manifest.
package enum ResourceKind: String, Sendable, Hashable, CaseIterable, Comparable {
    case tenant = "Tenant"
    case cvlan = "CVLAN"
    case node = "Node"
    case policy = "Policy"
    case secret = "Secret"

    package static func < (a: ResourceKind, b: ResourceKind) -> Bool { a.order < b.order }

    /// A kind comes after those that it refers to.
    private var order: Int {
        switch self {
        case .tenant: 0
        case .cvlan: 1
        case .node: 2
        case .policy: 3
        case .secret: 4
        }
    }
}

/// What identifies a resource. Names are unique per tenant and kind.
package struct ResourceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let kind: ResourceKind
    package let tenant: String
    /// Of a `Tenant`, the tenant's name again.
    package let name: String

    package init(kind: ResourceKind, tenant: String, name: String) {
        self.kind = kind
        self.tenant = tenant
        self.name = name
    }

    package static func < (a: ResourceID, b: ResourceID) -> Bool {
        (a.tenant, a.kind, a.name) < (b.tenant, b.kind, b.name)
    }

    package var description: String { kind == .tenant ? "Tenant/\(name)" : "\(tenant)/\(kind.rawValue)/\(name)" }
}

/// One decoded manifest.
package enum Resource: Hashable, Sendable {
    case tenant(Tenant)
    case cvlan(CVLAN)
    case node(Node)
    case policy(Policy)
    case secret(Secret)

    package var metadata: Metadata {
        switch self {
        case .tenant(let tenant): tenant.metadata
        case .cvlan(let cvlan): cvlan.metadata
        case .node(let node): node.metadata
        case .policy(let policy): policy.metadata
        case .secret(let secret): secret.metadata
        }
    }

    package var kind: ResourceKind {
        switch self {
        case .tenant: .tenant
        case .cvlan: .cvlan
        case .node: .node
        case .policy: .policy
        case .secret: .secret
        }
    }

    package var id: ResourceID { ResourceID(kind: kind, tenant: metadata.tenant, name: metadata.name) }

    /// Where the resource is named: what a finding about the resource as a whole points at.
    package var span: SourceSpan { metadata.$name.span }
}
