import Addressing
import Forwarding
import TestRandom
import Testing

/// The filter against the reference model, with random policies, packets and pauses.
@Suite struct FilterPropertyTests {
    private func outcome(_ verdict: Verdict) -> ReferenceFilter.Outcome? {
        switch verdict {
        case .pass: .pass
        case .drop(.fault): .fault
        case .drop(.deniedByRule): .deniedByRule
        case .drop(.deniedByDefault): .deniedByDefault
        case .drop(.unrelatedError): .unrelatedError
        case .drop(.unknownFragment): .unknownFragment
        case .drop(.flowTableFull): nil
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func filterDoesWhatTheReferenceModelDoes(seed: UInt64) throws {
        var traffic = Traffic(seed: seed)
        let first = traffic.policy()
        var filter = PacketFilter(try CompiledPolicy(first), capacity: 4_096, hashKey: (seed, 7))
        var reference = ReferenceFilter(policy: first)
        var now: UInt32 = 1_000
        for step in 0..<800 {
            if Int.random(in: 0..<200, using: &traffic.random) == 0 {
                let policy = traffic.policy()
                filter.install(try CompiledPolicy(policy))
                reference.install(policy)
            }
            if Int.random(in: 0..<10, using: &traffic.random) == 0 {
                now += traffic.pick([1, 5, 31, 61, 100, 190])
                if Bool.random(using: &traffic.random) { filter.expire(at: now) }
            }
            let packet = traffic.packet()
            let verdict = packet.withUnsafeBytes { filter.check($0, from: .local, at: now) }
            let expected = reference.check(packet, at: now)
            guard outcome(verdict) == expected else {
                Issue.record("seed \(seed), step \(step): \(verdict), expected \(expected), packet \(packet)")
                return
            }
        }
        #expect(filter.counters.passed > 0)
    }
}
