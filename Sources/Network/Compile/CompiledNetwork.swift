/// One network, compiled: what its members' configs are put together from.
package struct CompiledNetwork: Sendable {
    package let network: ResolvedNetwork
    package let filter: CompiledFilter
    package let peers: CompiledPeers

    package init(_ network: ResolvedNetwork, filter: CompiledFilter, peers: CompiledPeers) {
        self.network = network
        self.filter = filter
        self.peers = peers
    }

    /// All that any config of this network refers to.
    package var segments: [ContentSegment] {
        peers.segments.values.flatMap { $0 } + filter.setSegments + filter.ruleSegments
    }
}
