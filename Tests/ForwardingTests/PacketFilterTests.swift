import Addressing
import Forwarding
import Testing

@Suite struct PacketFilterTests {
    private static let client = address("10.0.0.1")
    private static let server = address("10.0.0.2")

    private static func policy(
        _ action: FilterPolicy.Action, default defaultAction: FilterPolicy.Action = .deny,
        ports: [FilterPolicy.PortMatch] = []
    ) throws -> CompiledPolicy {
        try CompiledPolicy(
            FilterPolicy(
                defaultAction: defaultAction,
                sets: [
                    .init(
                        name: "clients",
                        prefixes: [prefix("10.0.0.1/32"), prefix("10.1.0.0/16"), prefix("fd00::1/128")]),
                    .init(name: "servers", prefixes: [prefix("10.0.0.2/32"), prefix("fd00::2/128")]),
                ],
                rules: [.init(name: "web", action: action, from: ["clients"], to: ["servers"], ports: ports)]))
    }

    private static func tcp(
        _ flags: TCPFlags, _ a: IPAddress, _ b: IPAddress, _ ports: (UInt16, UInt16)
    ) -> [UInt8] {
        PacketBuilder.ip(6, from: a, to: b, payload: PacketBuilder.tcp(flags, ports: ports))
    }

    @Test func onlyTheAllowedSideOpensAndRepliesPass() throws {
        var filter = PacketFilter(
            try Self.policy(.allow, ports: [.init(protocolNumber: 6, ports: 443...443)]), hashKey: (1, 2))
        let unasked = filter.check(Self.tcp([.syn], Self.server, Self.client, (443, 50_000)), at: 0)
        let wrongPort = filter.check(Self.tcp([.syn], Self.client, Self.server, (50_000, 80)), at: 0)
        let opening = filter.check(Self.tcp([.syn], Self.client, Self.server, (50_000, 443)), at: 0)
        let reply = filter.check(Self.tcp([.syn, .ack], Self.server, Self.client, (443, 50_000)), at: 0)
        let reversed = filter.check(Self.tcp([.syn], Self.server, Self.client, (443, 50_000)), at: 1)
        #expect(unasked == .drop(.deniedByDefault))
        #expect(wrongPort == .drop(.deniedByDefault))
        #expect(opening == .pass)
        #expect(reply == .pass)
        #expect(reversed == .drop(.deniedByDefault))
        let records = filter.flowRecords(limit: 10, at: 2)
        #expect(records.map(\.rule) == ["web"])
        #expect(records.map(\.stage) == [.established])
        #expect(records.map(\.source) == [Self.client])
    }

    @Test func aFlowThatANewPolicyDeniesIsCutAtItsNextPacketAndOthersGoOn() throws {
        var filter = PacketFilter(try Self.policy(.allow), hashKey: (1, 2))
        let other = address("10.1.0.1")
        for source in [Self.client, other] {
            _ = filter.check(Self.tcp([.syn], source, Self.server, (1, 2)), at: 0)
            _ = filter.check(Self.tcp([.syn, .ack], Self.server, source, (2, 1)), at: 0)
        }
        filter.install(
            try CompiledPolicy(
                FilterPolicy(
                    defaultAction: .deny,
                    sets: [
                        .init(name: "rest", prefixes: [prefix("10.1.0.0/16")]),
                        .init(name: "servers", prefixes: [prefix("10.0.0.2/32")]),
                    ],
                    rules: [.init(name: "web", action: .allow, from: ["rest"], to: ["servers"])])))
        let cutReply = filter.check(Self.tcp([.ack], Self.server, Self.client, (2, 1)), at: 1)
        let cut = filter.check(Self.tcp([.ack], Self.client, Self.server, (1, 2)), at: 1)
        let kept = filter.check(Self.tcp([.ack], Self.server, other, (2, 1)), at: 1)
        #expect(cutReply == .drop(.deniedByDefault))
        #expect(cut == .drop(.deniedByDefault))
        #expect(kept == .pass)
        #expect(filter.countersOfRules.map(\.counters.flows) == [2])
    }

    @Test func icmpErrorsOfKnownFlowsPassAndOthersDoNot() throws {
        var filter = PacketFilter(try Self.policy(.allow), hashKey: (1, 2))
        let router = address("192.0.2.1")
        let sent = Self.tcp([.syn], Self.client, Self.server, (1, 2))
        // RFC 792: the header and 8 bytes are all that an error must quote.
        let error = PacketBuilder.ip(
            1, from: router, to: Self.client, payload: PacketBuilder.icmp(type: 3, code: 4, payload: Array(sent[..<28]))
        )
        let early = filter.check(error, at: 0)
        _ = filter.check(sent, at: 0)
        let related = filter.check(error, at: 0)
        let misdirected = filter.check(
            PacketBuilder.ip(
                1, from: router, to: Self.server, payload: PacketBuilder.icmp(type: 3, payload: Array(sent[..<28]))),
            at: 0)
        #expect(early == .drop(.unrelatedError))
        #expect(related == .pass)
        #expect(misdirected == .drop(.unrelatedError))
    }

    @Test func aQueryFromTheOneWhoRepliesIsNoReply() throws {
        var filter = PacketFilter(try Self.policy(.allow), hashKey: (1, 2))
        // Where identifier and type are equal, both directions' queries look alike.
        let query = PacketBuilder.icmp(type: 8, id: 8)
        let asked = filter.check(PacketBuilder.ip(1, from: Self.client, to: Self.server, payload: query), at: 0)
        let back = filter.check(PacketBuilder.ip(1, from: Self.server, to: Self.client, payload: query), at: 0)
        let reply = filter.check(
            PacketBuilder.ip(1, from: Self.server, to: Self.client, payload: PacketBuilder.icmp(type: 0, id: 8)), at: 0)
        #expect(asked == .pass)
        #expect(back == .drop(.deniedByDefault))
        #expect(reply == .pass)
    }

    @Test(arguments: [("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")])
    func fragmentsThatOverlapTheFirstAreDropped(from: String, to: String) throws {
        var filter = PacketFilter(try Self.policy(.allow), hashKey: (1, 2))
        func fragment(at offset: Int, _ payload: [UInt8]) -> [UInt8] {
            PacketBuilder.ip(
                17, from: address(from), to: address(to), payload: payload, fragmentOffset: offset,
                moreFragments: offset == 0, id: 7)
        }
        let first = PacketBuilder.udp(ports: (1, 2), payload: [UInt8](repeating: 0, count: 24))
        let passed = filter.check(fragment(at: 0, first), at: 0)
        let overlapping = filter.check(fragment(at: 24, [1]), at: 0)
        let shorter = filter.check(fragment(at: 0, Array(first[..<8])), at: 0)
        let stillOverlapping = filter.check(fragment(at: 24, [1]), at: 0)
        let behind = filter.check(fragment(at: 32, [1]), at: 0)
        #expect(passed == .pass && shorter == .pass && behind == .pass)
        #expect(overlapping == .drop(.unknownFragment) && stillOverlapping == .drop(.unknownFragment))
    }

    @Test func aFloodOfUnansweredFlowsEvictsNoEstablishedOne() throws {
        var filter = PacketFilter(try Self.policy(.allow, default: .allow), capacity: 64, hashKey: (1, 2))
        for port in 1...16 as ClosedRange<UInt16> {
            _ = filter.check(Self.tcp([.syn], Self.client, Self.server, (port, 80)), at: 0)
            _ = filter.check(Self.tcp([.syn, .ack], Self.server, Self.client, (80, port)), at: 0)
        }
        for port in 100..<10_000 as Range<UInt16> {
            let verdict = filter.check(Self.tcp([.syn], Self.client, Self.server, (port, 80)), at: 1)
            #expect(verdict == .pass)
        }
        #expect(filter.flowCount == 64)
        let established = filter.flowRecords(limit: 64, at: 1).filter { $0.stage == .established }
        #expect(established.count == 16)
    }

    @Test func onePeerCannotTakeMoreThanItsShareOfTheTable() throws {
        var filter = PacketFilter(try Self.policy(.allow, default: .allow), capacity: 64, hashKey: (1, 2))
        func open(_ port: UInt16, _ origin: PacketOrigin) -> Verdict {
            let verdict = filter.check(Self.tcp([.syn], Self.client, Self.server, (port, 80)), from: origin, at: 1)
            _ = filter.check(Self.tcp([.syn, .ack], Self.server, Self.client, (80, port)), from: .local, at: 1)
            return verdict
        }
        let greedy = (0..<64).map { open(1_000 + $0, .peer(1)) }
        let modest = open(1, .peer(2))
        #expect(greedy.filter { $0 == .pass }.count == 32)
        #expect(greedy.last == .drop(.flowTableFull))
        #expect(modest == .pass)
    }

    @Test func aFullTableOfTalkingFlowsRefusesNewOnesInsteadOfCuttingThem() throws {
        var filter = PacketFilter(try Self.policy(.allow, default: .allow), capacity: 16, hashKey: (1, 2))
        for port in 1...16 as ClosedRange<UInt16> {
            _ = filter.check(Self.tcp([.syn], Self.client, Self.server, (port, 80)), at: 0)
            _ = filter.check(Self.tcp([.syn, .ack], Self.server, Self.client, (80, port)), at: 0)
        }
        let late = filter.check(Self.tcp([.syn], Self.client, Self.server, (99, 80)), at: 1)
        let afterIdling = filter.check(Self.tcp([.syn], Self.client, Self.server, (99, 80)), at: 2_000)
        #expect(late == .drop(.flowTableFull))
        #expect(afterIdling == .pass)
    }

    @Test func policiesThatNameUnknownOrDoubleSetsAreRefused() {
        #expect(throws: FilterPolicyError.unknownSet("b", rule: "r")) {
            try CompiledPolicy(
                FilterPolicy(
                    defaultAction: .deny, sets: [.init(name: "a", prefixes: [])],
                    rules: [.init(name: "r", action: .deny, from: ["a"], to: ["b"])]))
        }
        #expect(throws: FilterPolicyError.duplicateSet("a")) {
            try CompiledPolicy(
                FilterPolicy(
                    defaultAction: .deny, sets: [.init(name: "a", prefixes: []), .init(name: "a", prefixes: [])]))
        }
    }
}

extension PacketFilter {
    mutating func check(_ packet: [UInt8], from origin: PacketOrigin = .local, at now: UInt32) -> Verdict {
        packet.withUnsafeBytes { check($0, from: origin, at: now) }
    }
}
