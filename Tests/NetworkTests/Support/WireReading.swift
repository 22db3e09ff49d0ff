import Addressing
import FoundationEssentials
import OverlayNetwork
import Testing
import WireFormat

/// A node's view of one network, read from what is sent to it: the config and the segments that it names.
struct WireView {
    let config: WireNetworkConfig
    let peers: [WirePeer]
    let sets: [String: [IPPrefix]]
    let rules: [WireFilterRule]

    init(_ compiled: CompiledTenant, _ node: String, in cvlan: String) throws {
        let compiledNode = try #require(compiled.nodes.first { $0.name == node })
        // From the bytes that are signed.
        let whole = try WireNodeConfig(serializedBytes: compiledNode.payload)
        config = try #require(whole.networks.first { $0.cvlan == cvlan })
        let segments = compiled.segments
        peers = try config.peerSegments.flatMap { try Self.segment($0, segments).peers.peers }
        let sets = try config.addressSetSegments.flatMap { try Self.segment($0, segments).addressSets.sets }
        self.sets = Dictionary(uniqueKeysWithValues: sets.map { ($0.name, $0.prefixes.compactMap(\.prefix)) })
        rules = try config.ruleSegments.flatMap { try Self.segment($0, segments).rules.rules }
    }

    func peer(_ name: String) throws -> WirePeer { try #require(peers.first { $0.node == name }) }

    /// Straight from the rules of the format, one after the other.
    func allows(_ flow: Flow) -> Bool {
        let matching = rules.filter { rule in
            contains(rule.from, flow.source) && contains(rule.to, flow.destination)
                && (rule.ports.isEmpty || rule.ports.contains { Self.matches($0, flow.service) })
        }
        if matching.contains(where: { $0.action == .deny }) { return false }
        return !matching.isEmpty || config.defaultAction == .allow
    }

    private static func segment(_ digest: Data, _ segments: [Data: ContentSegment]) throws -> WireSegment {
        try WireSegment(serializedBytes: try #require(segments[digest]).bytes)
    }

    private func contains(_ names: [String], _ address: IPAddress) -> Bool {
        names.contains { sets[$0]?.contains { $0.contains(address) } ?? false }
    }

    private static func matches(_ match: WirePortMatch, _ service: Flow.Service) -> Bool {
        let (number, port): (UInt32, UInt32) =
            switch service {
            case .tcp(let port): (6, UInt32(port))
            case .udp(let port): (17, UInt32(port))
            case .icmp: (1, 0)
            case .other: (255, 0)
            }
        return match.protocol == number && (match.firstPort...match.lastPort).contains(port)
    }
}
