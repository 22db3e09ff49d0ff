package import Addressing

/// The isolation root: nothing of one tenant ever refers to, or meets, anything of another.
package struct Tenant: Hashable, Sendable {
    package var metadata: Metadata
    @Located package var displayName: String? = nil
    /// Names of nodes are NODE.CVLAN.DOMAIN; `effectiveDomain` has the default.
    @Located package var domain: String? = nil
    package var members: [Member] = []
    /// Distinct people that must stand for a change of the tenant's manifests, with their signatures: see `approvalCounts`.
    @Located package var approvals: Int = 1
    package var groups: [Group] = []
    package var defaults = Defaults()
    /// Where networks with `auto` are cut from, in this order.
    package var addressPools: [Located<IPPrefix>] = []
    package var enrollment = Enrollment()

    package init(metadata: Metadata) {
        self.metadata = metadata
    }

    package var name: String { metadata.name }

    package var effectiveDomain: String { domain ?? "\(name).cvlan" }

    package func group(_ name: String) -> Group? { groups.first { $0.name == name } }

    /// A person, and what they may change.
    package struct Member: Hashable, Sendable {
        @Located package var name: String
        @Located package var role: MemberRole = .readonly
        package var keys: [Located<SSHPublicKey>] = []

        package init(name: Located<String>) {
            _name = name
        }
    }

    /// A name for a union of selectors.
    package struct Group: Hashable, Sendable {
        @Located package var name: String
        package var members: [Selector]

        package init(name: Located<String>, members: [Selector]) {
            _name = name
            self.members = members
        }
    }

    package struct Defaults: Hashable, Sendable {
        @Located package var action: PolicyAction = .deny
        @Located package var linkProtocol: LinkProtocol = .wireguard
        @Located package var ipsecProfile: IPsecProfile = .modern

        package init() {}
    }

    package struct Enrollment: Hashable, Sendable {
        @Located package var approval: EnrollmentApproval = .automatic
        package var tokenKeys: [Located<TokenKey>] = []

        package init() {}
    }
}
