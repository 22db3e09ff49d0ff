import Manifests
import OverlayNetwork
import TestRandom
import Testing

@Suite struct ServiceIndexTests {
    /// About the number of ports up to which they are listed one by one, and far more.
    private static let spans: [UInt16] = [0, 0, 1, 7, 14, 15, 16, 17, 60_000]

    private func draw(_ random: inout SeededRandom) -> ServiceSet {
        if random.chance(1, in: 12) { return .everything }
        let ports = (0..<Int.random(in: 1...3, using: &random)).map { _ -> PortMatch in
            let first = UInt16.random(in: 1...90, using: &random)
            let last = first + (Self.spans.randomElement(using: &random) ?? 0)
            switch Int.random(in: 0..<9, using: &random) {
            case 0: return .icmp
            case 1...3: return .udp(first...last)
            default: return .tcp(first...last)
            }
        }
        return ServiceSet(ports)
    }

    /// Against a look at every rule.
    @Test(arguments: [3, 15, 40, 200]) func itFindsWhatEveryRuleWouldTell(count: Int) {
        var random = SeededRandom(UInt64(count))
        var isSpared = false
        for _ in 0..<20 {
            let services = (0..<count).map { _ in draw(&random) }
            let index = ServiceIndex(services)
            for wanted in services + (0..<20).map({ _ in draw(&random) }) {
                var mask = RuleMask(count: count)
                let share = Int.random(in: 0...4, using: &random)
                for rule in 0..<count where random.chance(share, in: 4) { mask.insert(rule) }
                var budget = count
                let found = index.rules(sharing: wanted, in: mask, &budget)
                #expect(found == mask.indices.filter { services[$0].intersects(wanted) })
                // What is found has been looked at, and never more than all of the mask.
                #expect(found.count <= count - budget && count - budget <= mask.count)
                isSpared = isSpared || count - budget < mask.count
            }
        }
        #expect(isSpared == (count > 16), "the index has been of use where there is something to spare")
    }

    @Test func rulesOfOtherPortsCostNothing() {
        var mask = RuleMask(count: 1000)
        for rule in 0..<1000 { mask.insert(rule) }
        let index = ServiceIndex((0..<1000).map { ServiceSet(.tcp(UInt16($0))) })
        var budget = 1
        #expect(index.rules(sharing: ServiceSet(.tcp(500)), in: mask, &budget) == [500])
        #expect(index.rules(sharing: ServiceSet(.udp(500)), in: mask, &budget).isEmpty)
        #expect(budget == 0)
    }
}
