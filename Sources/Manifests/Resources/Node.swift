package import Addressing

/// A machine of a tenant.
package struct Node: Hashable, Sendable {
    package var metadata: Metadata
    @Located package var role: NodeRole = .client
    package var networks: [Membership] = []
    /// X25519; `nil` until the node enrols.
    @Located package var publicKey: NodePublicKey? = nil
    /// Where the node can be reached, if that is known beforehand.
    package var endpoints: [Located<NodeEndpoint>] = []
    package var routes: [SubnetRoute] = []
    /// This node's demand: `ipsec` makes all its links ipsec.
    @Located package var linkProtocol: LinkProtocol? = nil
    private var boxedIPsec: Boxed<IPsecConnection>?
    /// From then on the node is treated as removed.
    @Located package var expires: Timestamp? = nil

    package init(metadata: Metadata) {
        self.metadata = metadata
    }

    package var name: String { metadata.name }

    /// Of an external node that speaks IPsec.
    package var ipsec: IPsecConnection? {
        get { boxedIPsec?.value }
        set { boxedIPsec = newValue.map(Boxed.init) }
    }

    package func isExpired(at time: Timestamp) -> Bool { expires.map { $0 <= time } ?? false }

    package func membership(in cvlan: String) -> Membership? { networks.first { $0.cvlan == cvlan } }

    /// That the node is in a network, and the addresses that are fixed for it there.
    package struct Membership: Hashable, Sendable {
        @Located package var cvlan: String
        /// A family that has none here is allocated.
        package var addresses: [Located<IPAddress>]

        package init(cvlan: Located<String>, addresses: [Located<IPAddress>] = []) {
            _cvlan = cvlan
            self.addresses = addresses
        }
    }

    /// A prefix behind this node that others reach through it.
    package struct SubnetRoute: Hashable, Sendable {
        @Located package var prefix: IPPrefix
        @Located package var nat: RouteNAT = .none
        /// The lowest wins; equal ones share.
        @Located package var priority: Int = SubnetRoute.defaultPriority

        package static let defaultPriority = 100
        static let priorities = 0...65_535

        package init(prefix: Located<IPPrefix>) {
            _prefix = prefix
        }
    }
}
