/// What one thread knows of a `SharedFilter`'s flows, so that the packets of a flow that is known to be allowed need nothing which
/// other threads touch.
///
/// It lets pass only what the filter would let pass without a change of state: packets of TCP in the midst of a connection and of
/// UDP, whole ones, of a flow and direction that the filter itself has seen within this second under the policy in force.
package struct FlowCache: ~Copyable {
    private struct Entry {
        var key: FlowKey
        var fromLow: Bool
        /// When the filter last saw a packet of it.
        var second: UInt32
        var passed: CachedPassage
    }

    /// Flows and directions, by their hash; the newest has the place.
    private static let capacity = 512
    private var entries: ContiguousArray<Entry?> = []
    private let hash: KeyedHash

    /// - Parameter hashKey: random and secret.
    package init(hashKey: (UInt64, UInt64)) {
        hash = KeyedHash(hashKey)
    }

    /// As `PacketFilter.check`, with the same verdict but for what the filter has forgotten within this second.
    package mutating func check(
        _ packet: UnsafeRawBufferPointer, from origin: PacketOrigin, at now: UInt32, by filter: SharedFilter
    ) -> Verdict {
        guard let header = try? PacketHeader(parsing: packet), Self.isOrdinary(header) else {
            return filter.check(packet, from: origin, at: now)
        }
        if entries.isEmpty { entries = ContiguousArray(repeating: nil, count: Self.capacity) }
        let sight = FlowSight(header)
        let slot = Int(truncatingIfNeeded: hash.of(sight.key)) & (Self.capacity / 2 - 1) * 2 + (sight.fromLow ? 1 : 0)
        var passed = CachedPassage()
        if let entry = entries[slot] {
            if entry.second == now, entry.passed.generation == filter.currentGeneration, entry.fromLow == sight.fromLow,
                entry.key == sight.key
            {
                entries[slot]?.passed.packets += 1
                return .pass
            }
            passed = entry.passed
        }
        let judged = filter.check(packet, from: origin, at: now, of: sight.key, after: passed)
        entries[slot] = judged.rule.map { rule in
            Entry(
                key: sight.key, fromLow: sight.fromLow, second: now,
                passed: CachedPassage(rule: rule, generation: judged.generation))
        }
        return judged.verdict
    }

    /// Whether a packet of a known flow leaves the flow as it is.
    private static func isOrdinary(_ header: PacketHeader) -> Bool {
        guard header.fragment == .whole else { return false }
        switch header.protocolNumber {
        case IPProtocol.tcp: return header.tcpFlags.isDisjoint(with: [.syn, .fin, .rst])
        case IPProtocol.udp, IPProtocol.udpLite: return true
        default: return false
        }
    }
}
