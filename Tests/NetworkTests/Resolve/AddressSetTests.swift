import Addressing
import OverlayNetwork
import TestRandom
import Testing

/// Against a set of numbers: 64 addresses of each family, at the very ends of the address space, where arithmetic
/// overflows first.
@Suite struct AddressSetTests {
    private struct Sample {
        var set = AddressSet()
        var members: Set<IPAddress> = []
    }

    private static let universe: [IPAddress] =
        (0..<32).flatMap {
            [
                IPAddress(v4: $0), IPAddress(v4: .max - $0), IPAddress(v6: UInt128($0)),
                IPAddress(v6: .max - UInt128($0)),
            ]
        }

    private func sample(_ random: inout SeededRandom) -> Sample {
        let prefixes = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
            Self.universe.randomElement(using: &random).flatMap {
                IPPrefix($0, length: $0.family.bitWidth - Int.random(in: 0...4, using: &random))
            }
        }
        let members = Self.universe.filter { address in prefixes.contains { $0.contains(address) } }
        return Sample(set: AddressSet(prefixes), members: Set(members))
    }

    private func members(_ set: AddressSet) -> Set<IPAddress> { Set(Self.universe.filter(set.contains)) }

    @Test func operationsAgreeWithSetsOfNumbers() {
        for seed in 1...2000 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            let (a, b) = (sample(&random), sample(&random))
            #expect(members(a.set) == a.members, "seed \(seed)")
            #expect(members(a.set.union(b.set)) == a.members.union(b.members), "seed \(seed)")
            #expect(members(a.set.intersection(b.set)) == a.members.intersection(b.members), "seed \(seed)")
            #expect(members(a.set.subtracting(b.set)) == a.members.subtracting(b.members), "seed \(seed)")
            #expect(a.set.isEmpty == a.members.isEmpty, "seed \(seed)")
            #expect(a.set.first == a.members.min(), "seed \(seed)")
            #expect(a.set.subtracting(a.set).isEmpty)
            #expect((a.set == b.set) == (a.members == b.members), "seed \(seed)")
        }
    }

    @Test func prefixesAreSortedDisjointAndFewest() {
        for seed in 1...2000 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            let set = sample(&random).set.union(sample(&random).set)
            let prefixes = set.prefixes
            #expect(AddressSet(prefixes) == set, "seed \(seed)")
            #expect(prefixes == prefixes.sorted(), "seed \(seed)")
            for (a, b) in zip(prefixes, prefixes.dropFirst()) {
                #expect(!a.overlaps(b), "seed \(seed)")
                let parent = IPPrefix(a.address, length: max(a.length - 1, 0))?.network
                let areHalves =
                    a.length == b.length && parent == IPPrefix(b.address, length: max(b.length - 1, 0))?.network
                #expect(!areHalves || a.family != b.family, "seed \(seed): \(a) and \(b)")
            }
        }
    }

    @Test func everythingIsTwoPrefixes() {
        #expect(AddressSet.all.prefixes.map(\.description) == ["0.0.0.0/0", "::/0"])
    }

    @Test func aHoleLeavesOnePrefixForEachBit() throws {
        let set = AddressSet.all.subtracting(try addressSet("10.0.0.1/32"))
        #expect(set.restricted(to: .v4).prefixes.count == 32)
        #expect(!set.contains(try address("10.0.0.1")))
        #expect(set.contains(try address("10.0.0.2")))
    }
}
