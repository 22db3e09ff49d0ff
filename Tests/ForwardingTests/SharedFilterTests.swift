import Addressing
import Forwarding
import Testing

/// A filter behind two caches does what a filter alone does.
@Suite struct SharedFilterTests {
    private static let client = address("10.0.0.1")
    private static let server = address("10.0.0.2")

    /// Two threads' caches before one filter, and a filter that sees everything itself.
    private struct Both: ~Copyable {
        let shared: SharedFilter
        var first: FlowCache
        var second: FlowCache
        var alone: PacketFilter

        init(_ policy: CompiledPolicy, seed: UInt64 = 1) {
            shared = SharedFilter(policy, hashKey: (seed, 1))
            first = FlowCache(hashKey: (seed, 2))
            second = FlowCache(hashKey: (seed, 3))
            alone = PacketFilter(policy, hashKey: (seed, 4))
        }

        mutating func install(_ policy: CompiledPolicy) {
            shared.install(policy)
            alone.install(policy)
        }

        /// What both say; `nil` when they do not agree.
        mutating func check(_ packet: [UInt8], by cache: Int, at now: UInt32) -> Verdict? {
            let verdict = packet.withUnsafeBytes { bytes in
                cache == 0
                    ? first.check(bytes, from: .local, at: now, by: shared)
                    : second.check(bytes, from: .local, at: now, by: shared)
            }
            return alone.check(packet, at: now) == verdict ? verdict : nil
        }

        var ruleCounters: (shared: [RuleCounters], alone: [RuleCounters]) {
            (shared.countersOfRules.map(\.counters), alone.countersOfRules.map(\.counters))
        }
    }

    private static func policy(
        _ action: FilterPolicy.Action, default defaultAction: FilterPolicy.Action = .deny, rules: Int = 1
    ) throws -> CompiledPolicy {
        try CompiledPolicy(
            FilterPolicy(
                defaultAction: defaultAction,
                sets: [
                    .init(name: "clients", prefixes: [prefix("10.0.0.1/32")]),
                    .init(name: "servers", prefixes: [prefix("10.0.0.2/32")]),
                    .init(name: "nobody", prefixes: []),
                ],
                rules: (1..<rules).map {
                    .init(name: "none\($0)", action: .deny, from: ["nobody"], to: ["nobody"])
                } + [.init(name: "r", action: action, from: ["clients"], to: ["servers"])]))
    }

    private static func udp(_ from: IPAddress, _ to: IPAddress, _ ports: (UInt16, UInt16)) -> [UInt8] {
        PacketBuilder.ip(17, from: from, to: to, payload: PacketBuilder.udp(ports: ports))
    }

    // MARK: The same as without caches

    /// Random packets, many of them again within the same second; policies and pauses as they fall.
    @Test func verdictsAndCountersAreThoseOfAFilterAlone() throws {
        let passedByCaches = try (0..<30).map { try compare(seed: $0) }
        #expect(passedByCaches.reduce(0, +) > 300)
    }

    /// Returns how many packets the filter did not see.
    private func compare(seed: UInt64) throws -> Int {
        var traffic = Traffic(seed: seed)
        var both = Both(try CompiledPolicy(traffic.policy()), seed: seed)
        var now: UInt32 = 1_000
        var seen: [[UInt8]: [UInt8]] = [:]
        var passedByCaches = 0
        for step in 0..<1_200 {
            if Int.random(in: 0..<200, using: &traffic.random) == 0 {
                // Counters of rules are kept for what was counted under the former policy.
                flush(&both, &now, seen.values)
                both.install(try CompiledPolicy(traffic.policy()))
            }
            if Int.random(in: 0..<40, using: &traffic.random) == 0 {
                now += traffic.pick([1, 1, 1, 5, 31, 61, 100, 190])
            }
            let isAgain = Int.random(in: 0..<4, using: &traffic.random) > 0 && !traffic.recent.isEmpty
            let packet = isAgain ? traffic.pick(traffic.recent) : traffic.packet()
            // One that opens a flow anew may do so by another rule, for which caches count from the next second on.
            if let header = try? parse(packet), header.tcpFlags.contains(.syn) { now += 1 }
            if let flow = Self.flow(of: packet) { seen[flow] = packet }
            let before = both.shared.counters
            let verdict = both.check(packet, by: Int.random(in: 0...1, using: &traffic.random), at: now)
            guard let verdict else {
                Issue.record("seed \(seed), step \(step), packet \(packet)")
                return 0
            }
            if verdict == .pass, both.shared.counters == before { passedByCaches += 1 }
        }
        flush(&both, &now, seen.values)
        let (shared, alone) = (both.shared.counters, both.alone.counters)
        let rules = both.ruleCounters
        #expect(shared == alone, "seed \(seed)")
        #expect(rules.shared == rules.alone, "seed \(seed)")
        return passedByCaches
    }

    /// A packet of each flow to each cache in seconds that nobody has seen yet: then everything is counted.
    private func flush(_ both: inout Both, _ now: inout UInt32, _ packets: some Sequence<[UInt8]>) {
        let packets = Array(packets)
        for cache in 0...1 {
            now += 1
            for packet in packets { _ = both.check(packet, by: cache, at: now) }
        }
    }

    /// What caches know a packet's flow and direction by; `nil` for packets that they leave to the filter.
    private static func flow(of packet: [UInt8]) -> [UInt8]? {
        guard let header = try? parse(packet), header.fragment == .whole,
            header.protocolNumber == 17
                || header.protocolNumber == 6 && header.tcpFlags.isDisjoint(with: [.syn, .fin, .rst])
        else { return nil }
        return [header.protocolNumber] + header.sourceAddress.bytes + header.destinationAddress.bytes
            + PacketBuilder.bytes(header.sourcePort) + PacketBuilder.bytes(header.destinationPort)
    }

    /// More flows than a cache has places.
    @Test func flowsThatShareAPlaceAreToldApart() throws {
        var both = Both(try Self.policy(.allow))
        for round in 0..<3 {
            for port in 1...1_500 as ClosedRange<UInt16> {
                let there = both.check(Self.udp(Self.client, Self.server, (port, 53)), by: 0, at: 7)
                #expect(there == .pass)
                guard port.isMultiple(of: 3) else { continue }
                let back = both.check(Self.udp(Self.server, Self.client, (53, port)), by: 0, at: 7)
                #expect(back == .pass, "round \(round)")
            }
        }
        let denied = both.check(Self.udp(Self.server, Self.client, (53, 2_000)), by: 0, at: 7)
        #expect(denied == .drop(.deniedByDefault))
        for port in 1...1_500 as ClosedRange<UInt16> {
            _ = both.check(Self.udp(Self.client, Self.server, (port, 53)), by: 0, at: 8)
            _ = both.check(Self.udp(Self.server, Self.client, (53, port)), by: 0, at: 8)
        }
        let rules = both.ruleCounters
        #expect(rules.shared == rules.alone)
    }

    // MARK: Policies

    @Test func anotherPolicyIsInForceFromTheNextPacketOnForAllCaches() throws {
        var both = Both(try Self.policy(.allow))
        let packet = Self.udp(Self.client, Self.server, (1, 2))
        for action in [FilterPolicy.Action.allow, .deny, .allow, .deny] {
            both.install(try Self.policy(action))
            for cache in [0, 1, 0, 1] {
                let verdict = both.check(packet, by: cache, at: 5)
                #expect(verdict == (action == .allow ? .pass : .drop(.deniedByRule)))
            }
        }
    }

    /// As when an interface's policy is taken away and another one comes: what a cache knows is of the former filter.
    @Test func anotherFilterKnowsNothingOfTheFormersFlows() throws {
        let packet = Self.udp(Self.client, Self.server, (1, 2))
        var cache = FlowCache(hashKey: (1, 2))
        let former = SharedFilter(try Self.policy(.allow, rules: 9), hashKey: (1, 2))
        for _ in 0..<3 {
            let passed = packet.withUnsafeBytes { cache.check($0, from: .local, at: 5, by: former) }
            #expect(passed == .pass)
        }
        let next = SharedFilter(try Self.policy(.deny), hashKey: (1, 2))
        let denied = packet.withUnsafeBytes { cache.check($0, from: .local, at: 5, by: next) }
        #expect(denied == .drop(.deniedByRule))
        #expect(next.countersOfRules.map(\.counters.packets) == [1])
    }

    // MARK: What lies within a second

    @Test func aFlowThatPassesByACacheStaysAlive() throws {
        var both = Both(try Self.policy(.allow))
        let (there, back) = (Self.udp(Self.client, Self.server, (1, 2)), Self.udp(Self.server, Self.client, (2, 1)))
        _ = both.check(there, by: 0, at: 0)
        _ = both.check(back, by: 1, at: 0)
        for second in 0...400 as ClosedRange<UInt32> {
            for _ in 0..<3 {
                let verdict = both.check(there, by: 0, at: second)
                #expect(verdict == .pass)
            }
        }
        let idle = both.shared.flowRecords(limit: 9, at: 400).map(\.idleSeconds)
        #expect(idle == [0])
        // Long after the last answer, which the policy would not have let in.
        let late = both.check(back, by: 1, at: 400)
        let tooLate = both.check(back, by: 1, at: 400 + 180)
        #expect(late == .pass && tooLate == .drop(.deniedByDefault))
    }

    /// Of an unanswered flow that had to make room the cache lets packets pass until the second is over, and does not open it
    /// anew: an answer finds no flow until then.
    @Test func aFlowThatMadeRoomIsOpenedAnewInTheNextSecond() throws {
        let filter = SharedFilter(try Self.policy(.allow, default: .allow), hashKey: (1, 2))
        var cache = FlowCache(hashKey: (1, 2))
        var flooded = FlowCache(hashKey: (3, 4))
        func check(_ packet: [UInt8], _ now: UInt32) -> Verdict {
            packet.withUnsafeBytes { cache.check($0, from: .local, at: now, by: filter) }
        }
        let kept = Self.udp(Self.client, Self.server, (1, 2))
        _ = check(kept, 5)
        for number in 0..<65_536 as Range<UInt32> {
            let flood = Self.udp(
                IPAddress(v4: 0x0B00_0000 + number), Self.server, (UInt16(truncatingIfNeeded: number), 3))
            _ = flood.withUnsafeBytes { flooded.check($0, from: .local, at: 5, by: filter) }
        }
        let opened = filter.counters.flowsOpened
        #expect(opened == 65_537)
        let cached = check(kept, 5)
        #expect(cached == .pass && filter.counters.flowsOpened == opened)
        let later = check(kept, 6)
        #expect(later == .pass && filter.counters.flowsOpened == opened + 1)
    }

    @Test func whatEndsAConnectionIsSeenByTheFilter() throws {
        var both = Both(try Self.policy(.allow))
        func tcp(_ flags: TCPFlags, from client: Bool) -> [UInt8] {
            PacketBuilder.ip(
                6, from: client ? Self.client : Self.server, to: client ? Self.server : Self.client,
                payload: PacketBuilder.tcp(flags, ports: client ? (1, 2) : (2, 1)))
        }
        let packets: [(TCPFlags, Bool)] = [
            ([.syn], true), ([.syn, .ack], false), ([.ack], true), ([.ack], false), ([.fin, .ack], true),
            ([.fin, .ack], false), ([.ack], true),
        ]
        for (flags, isClient) in packets {
            let verdict = both.check(tcp(flags, from: isClient), by: isClient ? 0 : 1, at: 1)
            #expect(verdict == .pass)
        }
        let stages = both.shared.flowRecords(limit: 9, at: 1).map(\.stage)
        let late = both.check(tcp([.ack], from: false), by: 1, at: 61)
        #expect(stages == [.closing] && late == .drop(.deniedByDefault))
    }
}
