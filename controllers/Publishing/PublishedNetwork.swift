package import Addressing
package import Reconciling

package import struct Foundation.Data

/// The members of one CVLAN, as hints need them.
package struct PublishedNetwork: Sendable, Equatable {
    package let cidrs: [IPPrefix]
    /// In a hub, clients see gateways alone.
    package let isHub: Bool
    /// By public key; nodes without a key have no peers yet.
    package let members: [Data: Member]

    package struct Member: Sendable, Equatable {
        package let node: NodeKey
        package let isGateway: Bool

        package init(node: NodeKey, isGateway: Bool) {
            self.node = node
            self.isGateway = isGateway
        }
    }

    package init(cidrs: [IPPrefix], isHub: Bool, members: [Data: Member]) {
        self.cidrs = cidrs
        self.isHub = isHub
        self.members = members
    }

    /// Whether the two are peers of each other.
    package func arePeers(_ a: Member, _ b: Member) -> Bool {
        a.node != b.node && (!isHub || a.isGateway || b.isGateway)
    }
}
