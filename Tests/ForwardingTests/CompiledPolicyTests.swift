import Addressing
import Forwarding
import TestRandom
import Testing

/// Decisions against a pass over the policy as it is written, and policies of a size that nobody writes by hand.
@Suite struct CompiledPolicyTests {
    private struct Outcome: Equatable {
        let allows: Bool
        let rule: Int?

        init(_ allows: Bool, _ rule: Int?) {
            self.allows = allows
            self.rule = rule
        }

        init(_ decision: CompiledPolicy.Decision) { self.init(decision.allows, decision.rule) }
    }

    private static func decide(
        _ policy: FilterPolicy, from opener: IPAddress, to target: IPAddress, protocolNumber: UInt8, port: UInt16
    ) -> Outcome {
        func holds(_ names: [String], _ address: IPAddress) -> Bool {
            policy.sets.contains { set in names.contains(set.name) && set.prefixes.contains { $0.contains(address) } }
        }
        func first(_ action: FilterPolicy.Action) -> Int? {
            policy.rules.firstIndex { rule in
                rule.action == action && holds(rule.from, opener) && holds(rule.to, target)
                    && (rule.ports.isEmpty
                        || rule.ports.contains {
                            $0.protocolNumber == protocolNumber && $0.ports?.contains(port) ?? true
                        })
            }
        }
        if let rule = first(.deny) { return Outcome(false, rule) }
        if let rule = first(.allow) { return Outcome(true, rule) }
        return Outcome(policy.defaultAction == .allow, nil)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func agreesWithAPassOverAllRules(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let setCount = Int.random(in: 1...8, using: &random)
        func names() -> [String] {
            (0..<Int.random(in: 1...3, using: &random)).map { _ in "s\(Int.random(in: 0..<setCount, using: &random))" }
        }
        var policy = FilterPolicy(defaultAction: .deny)
        policy.sets = (0..<setCount).map { number in
            let prefixes = (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in
                IPPrefix(
                    IPAddress(v4: 0x0A00_0000 | UInt32.random(in: 0..<64, using: &random)),
                    length: .random(in: 26...32, using: &random))?.network
            }
            return .init(name: "s\(number)", prefixes: prefixes)
        }
        for number in 0..<Int.random(in: 0...60, using: &random) {
            var ports: [FilterPolicy.PortMatch] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let low = UInt16.random(in: 0...20, using: &random)
                let number: UInt8 = Bool.random(using: &random) ? 6 : 17
                let isWhole = Int.random(in: 0..<8, using: &random) == 0
                let high: UInt16 = Bool.random(using: &random) ? low + 3 : .max
                ports.append(.init(protocolNumber: number, ports: isWhole ? nil : low...high))
            }
            policy.rules.append(
                .init(
                    name: "r\(number)", action: Int.random(in: 0..<3, using: &random) == 0 ? .deny : .allow,
                    from: names(), to: names(), ports: ports))
        }
        let compiled = try CompiledPolicy(policy)
        for _ in 0..<500 {
            let opener = IPAddress(v4: 0x0A00_0000 | UInt32.random(in: 0..<64, using: &random))
            let target = IPAddress(v4: 0x0A00_0000 | UInt32.random(in: 0..<64, using: &random))
            let number: UInt8 = [1, 6, 17][Int.random(in: 0..<3, using: &random)]
            let port: UInt16 = number == 1 ? 0 : .random(in: 0...25, using: &random)
            let expected = Self.decide(policy, from: opener, to: target, protocolNumber: number, port: port)
            let found = compiled.decide(
                .v4, opener: opener.value, target: target.value, protocolNumber: number, port: port)
            guard Outcome(found) == expected else {
                Issue.record("\(opener) to \(target) \(number)/\(port): \(found), not \(expected)")
                return
            }
        }
    }

    /// Shapes of policies that make a pass over all rules long.
    enum Shape: CaseIterable {
        /// A rule for each of many pairs of sets.
        case pairs
        /// All rules between the same two sets, each for a port of its own.
        case ports
        /// Half of the rules let one set reach many, the other half let many reach another; the last is between the two.
        case stars
    }

    private static let ruleCount = 100_000

    private static func policy(_ shape: Shape) -> FilterPolicy {
        var policy = FilterPolicy(defaultAction: .deny)
        let setCount = shape == .ports ? 2 : 10_000
        policy.sets = (0..<setCount).map {
            .init(name: "s\($0)", prefixes: [IPPrefix(host: IPAddress(v4: 0x0A00_0000 + UInt32($0)))])
        }
        policy.rules = (0..<ruleCount - 1).map { number in
            let other = "s\(2 + number % max(1, setCount - 2))"
            let ports: [FilterPolicy.PortMatch] = [
                .init(
                    protocolNumber: UInt8(truncatingIfNeeded: 6 + number >> 16),
                    ports: UInt16(truncatingIfNeeded: number)...UInt16(truncatingIfNeeded: number))
            ]
            return switch shape {
            case .pairs:
                .init(name: "r\(number)", action: .allow, from: ["s\(number % 10_000)"], to: [other], ports: ports)
            case .ports: .init(name: "r\(number)", action: .allow, from: ["s0"], to: ["s1"], ports: ports)
            case .stars:
                .init(
                    name: "r\(number)", action: .allow, from: [number % 2 == 0 ? "s0" : other],
                    to: [number % 2 == 0 ? other : "s1"], ports: ports)
            }
        }
        policy.rules.append(.init(name: "last", action: .allow, from: ["s0"], to: ["s1"]))
        return policy
    }

    @Test(arguments: Shape.allCases)
    func aHundredThousandRulesDecideQuickly(_ shape: Shape) throws {
        let compiled = try CompiledPolicy(Self.policy(shape))
        let opener = UInt128(0x0A00_0000)
        // Of another protocol than all but the last rule: nothing decides early. A pass over half of the rules would take
        // a thousand times as long as there is for it.
        let start = ContinuousClock.now
        for _ in 0..<10_000 {
            let decision = compiled.decide(.v4, opener: opener, target: opener + 1, protocolNumber: 47, port: 0)
            guard Outcome(decision) == Outcome(true, Self.ruleCount - 1) else {
                Issue.record("\(decision)")
                return
            }
        }
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func flowsUnderAHundredThousandRulesNameTheirs() throws {
        var filter = PacketFilter(try CompiledPolicy(Self.policy(.ports)), hashKey: (1, 2))
        let packet = PacketBuilder.ip(
            6, from: address("10.0.0.0"), to: address("10.0.0.1"),
            payload: PacketBuilder.tcp([.syn], ports: (9, 65_535)))
        for second in 0..<3 as Range<UInt32> {
            let verdict = filter.check(packet, at: second)
            #expect(verdict == .pass)
        }
        let records = filter.flowRecords(limit: 10, at: 3)
        #expect(records.map(\.rule) == ["r65535"])
    }

    @Test func moreRulesThanAnyoneWritesAreRefused() {
        var policy = FilterPolicy(defaultAction: .deny)
        policy.rules = Array(repeating: .init(name: "r", action: .allow, from: [], to: []), count: 1 << 20 + 1)
        #expect(throws: FilterPolicyError.tooLarge("rules")) { try CompiledPolicy(policy) }
    }
}
