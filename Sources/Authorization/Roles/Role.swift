internal import Manifests

/// What somebody may change. Each may what those before it may.
package enum Role: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Nothing.
    case readonly
    /// The networks, nodes, policies and secrets of a tenant.
    case member
    /// Also the `Tenant` itself: who its members are, with which keys.
    case admin
    /// Everything, and which tenants there are.
    case superadmin

    package static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .readonly: 0
        case .member: 1
        case .admin: 2
        case .superadmin: 3
        }
    }

    init(_ role: MemberRole) {
        switch role {
        case .readonly: self = .readonly
        case .member: self = .member
        case .admin: self = .admin
        }
    }
}
