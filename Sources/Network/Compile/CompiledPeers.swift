internal import Addressing
internal import FoundationEssentials
internal import Manifests
internal import WireFormat

/// Who peers with whom in one network: a list of segments for each class of equal nodes.
package struct CompiledPeers: Sendable {
    /// What a node sees depends on its class alone; it passes over the entry with its own key.
    package enum Class: Hashable, Sendable, CaseIterable {
        /// Any node of a mesh, and a gateway of a hub network: peers with everyone.
        case all
        /// Any other node of a hub network: peers with gateways only.
        case spoke
    }

    package let segments: [Class: [ContentSegment]]

    /// Only members with a key are peers: the others have not enrolled.
    package init(_ network: ResolvedNetwork) {
        let peers = network.members.filter { $0.node.publicKey != nil }
        let sites = Dictionary(grouping: network.sites, by: \.gateway)
        func peer(_ member: ResolvedNetwork.Member, also cidrs: [IPPrefix]) -> WirePeer {
            Self.peer(member, also: cidrs, sites: sites[member.name] ?? [])
        }
        var segments = [Class.all: Self.compile(peers.map { peer($0, also: []) })]
        if network.topology == .hub {
            // What goes to a spoke goes through a gateway: the first by name takes the whole network.
            let gateways = peers.filter { $0.node.role == .gateway }
            segments[.spoke] = Self.compile(
                gateways.enumerated().map { peer($1, also: $0 == 0 ? network.cidrs : []) })
        }
        self.segments = segments
    }

    package static func `class`(of member: ResolvedNetwork.Member, in network: ResolvedNetwork) -> Class {
        network.topology == .hub && member.node.role != .gateway ? .spoke : .all
    }

    private static func compile(_ peers: [WirePeer]) -> [ContentSegment] {
        Buckets.split(peers, by: \.node).filter { !$0.isEmpty }.map { bucket in
            var segment = WirePeerSegment()
            segment.peers = bucket
            return ContentSegment(.peers(segment))
        }
    }

    /// - Parameter sites: devices that others reach through the member.
    private static func peer(
        _ member: ResolvedNetwork.Member, also cidrs: [IPPrefix], sites: [IPsecSite]
    ) -> WirePeer {
        var peer = WirePeer()
        peer.node = member.name
        peer.publicKey = Data(member.node.publicKey?.bytes ?? [])
        let own = cidrs.sorted() + member.addresses.map(IPPrefix.init(host:))
        peer.allowedIps = (own + member.wonRoutes + sites.flatMap(\.prefixes)).map { WirePrefix($0) }
        peer.routes = (member.wonRoutes + sites.flatMap(\.routes)).map { WirePrefix($0) }
        peer.endpoints = member.endpoints.map(\.description)
        peer.role = WireNodeRole(member.node.role)
        peer.demandsIpsec = member.demandsIPsec
        return peer
    }
}
