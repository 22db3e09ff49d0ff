package import FoundationEssentials
package import WireFormat

/// A configuration that this node may run: signed by a key of the root, for this node, with all of its segments.
package struct VerifiedConfig: Hashable, Sendable {
    package struct Network: Hashable, Sendable {
        package let config: WireNetworkConfig
        /// Every member that this node may see, itself among them, in the config's order.
        package let peers: [WirePeer]
        package let addressSets: [WireAddressSet]
        package let rules: [WireFilterRule]
    }

    package let config: WireNodeConfig
    /// By CVLAN name, as the config has them.
    package let networks: [Network]
    /// SHA-256 of the payload: what reports carry.
    package let digest: Data
    /// As it came: what is stored, and verified anew when the agent starts.
    package let envelope: WireEnvelope
    /// Every segment that the config names, by digest: what is stored beside it.
    package let segments: [Data: Data]

    package var generation: UInt64 { config.generation }

    /// What the next update has to reach.
    package var floor: GenerationFloor { GenerationFloor(generation: generation, digest: digest) }
}

/// The newest configuration that a node has taken: nothing older is taken again, nor another of the same generation.
package struct GenerationFloor: Hashable, Sendable {
    package let generation: UInt64
    /// SHA-256 of the payload.
    package let digest: Data

    package init(generation: UInt64, digest: Data) {
        self.generation = generation
        self.digest = digest
    }
}
