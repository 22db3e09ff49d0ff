internal import FoundationEssentials
internal import WireFormat

/// Puts a network's shared lists together from the segments that its config names.
struct SegmentResolver {
    /// Bytes of all segments of one config together.
    static let maximumTotal = 256 << 20

    private let generation: UInt64
    private var total = 0
    /// Every segment that was asked for, by digest.
    private(set) var used: [Data: Data] = [:]

    init(generation: UInt64) {
        self.generation = generation
    }

    mutating func resolve(
        _ network: WireNetworkConfig, _ lookup: (Data) -> Data?
    ) throws(ConfigRefusal) -> VerifiedConfig.Network {
        var peers: [WirePeer] = []
        for digest in network.peerSegments {
            guard case .peers(let segment) = try segment(digest, lookup) else { throw otherKind(digest) }
            peers += segment.peers
        }
        var sets: [WireAddressSet] = []
        for digest in network.addressSetSegments {
            guard case .addressSets(let segment) = try segment(digest, lookup) else { throw otherKind(digest) }
            sets += segment.sets
        }
        var rules: [WireFilterRule] = []
        for digest in network.ruleSegments {
            guard case .rules(let segment) = try segment(digest, lookup) else { throw otherKind(digest) }
            rules += segment.rules
        }
        if let fault = peers.firstFault ?? sets.firstFault ?? rules.firstFault(naming: sets) {
            throw refusal("network \(network.cvlan): \(fault)")
        }
        return VerifiedConfig.Network(config: network, peers: peers, addressSets: sets, rules: rules)
    }

    private mutating func segment(
        _ digest: Data, _ lookup: (Data) -> Data?
    ) throws(ConfigRefusal) -> WireSegment.OneOf_Kind {
        guard let bytes = used[digest] ?? lookup(digest) else {
            throw refusal("segment \(digest.shortHex) is missing")
        }
        if used[digest] == nil {
            total += bytes.count
            guard bytes.count <= WireSegment.maximumByteCount, total <= Self.maximumTotal else {
                throw refusal("segment \(digest.shortHex) is too large")
            }
            guard WireSegment.digest(ofEncoded: bytes) == digest else {
                throw refusal("segment \(digest.shortHex) has another hash")
            }
            used[digest] = bytes
        }
        guard let segment = try? WireSegment(serializedBytes: bytes), let kind = segment.kind else {
            throw refusal("segment \(digest.shortHex) is no segment")
        }
        return kind
    }

    private func otherKind(_ digest: Data) -> ConfigRefusal {
        refusal("segment \(digest.shortHex) is of another kind")
    }

    private func refusal(_ detail: String) -> ConfigRefusal {
        ConfigRefusal(.badSegment, detail, claimedGeneration: generation)
    }
}
