import Addressing
import TestRandom
import Testing

/// The table said plainly: look at every prefix.
private struct LinearTable {
    var owners: [IPPrefix: UInt32] = [:]

    func lookup(_ address: IPAddress) -> UInt32? {
        owners.filter { $0.key.contains(address) }.max { $0.key.length < $1.key.length }?.value
    }
}

@Suite struct PrefixTableTests {
    private func prefix(_ text: String) throws -> IPPrefix { try #require(IPPrefix(text)) }
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test func mostSpecificPrefixWins() throws {
        var table = PrefixTable()
        for (owner, text) in ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "::/0", "fd00::/8"].enumerated()
        {
            table.insert(try prefix(text), owner: UInt32(owner))
        }
        #expect(table.lookup(try address("8.8.8.8")) == 0)
        #expect(table.lookup(try address("10.2.0.1")) == 1)
        #expect(table.lookup(try address("10.1.2.4")) == 2)
        #expect(table.lookup(try address("10.1.2.3")) == 3)
        #expect(table.lookup(try address("2001:db8::1")) == 4)
        #expect(table.lookup(try address("fd12::1")) == 5)
        #expect(table.lookup(v4: 0x0A01_0203) == 3)
        #expect(table.lookup(v6: UInt128(0xFD12) << 112) == 5)
        #expect(table.count == 6)
    }

    @Test func familiesAreApart() throws {
        var table = PrefixTable()
        table.insert(try prefix("::/0"), owner: 1)
        #expect(table.lookup(try address("0.0.0.1")) == nil)
        #expect(table.lookup(try address("::1")) == 1)
    }

    @Test func insertSaysWhoseItWas() throws {
        var table = PrefixTable()
        #expect(table.insert(try prefix("10.1.2.3/16"), owner: 1) == nil)
        #expect(table.insert(try prefix("10.1.0.0/16"), owner: 2) == 1)
        #expect(table.owner(of: try prefix("10.1.9.9/16")) == 2)
        #expect(table.owner(of: try prefix("10.1.0.0/17")) == nil)
        #expect(table.prefixes(of: 1) == [])
        #expect(table.prefixes(of: 2) == [try prefix("10.1.0.0/16")])
        #expect(table.remove(try prefix("10.1.0.0/17")) == nil)
        #expect(table.remove(try prefix("10.1.0.0/16")) == 2)
        #expect(table.isEmpty)
    }

    /// Prefixes from a few bits, so that they nest and branch at every turn.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func agreesWithALinearSearch(seed: UInt64) {
        var random = SeededRandom(seed)
        var table = PrefixTable()
        var model = LinearTable()
        let family: IPFamily = seed.isMultiple(of: 2) ? .v4 : .v6
        let width = family.bitWidth
        func randomAddress() -> IPAddress {
            // Two groups of random bits, at the top and at the bottom.
            let top = UInt128(UInt32.random(in: 0..<32, using: &random)) << UInt128(width - 5)
            let bottom = UInt128(UInt32.random(in: 0..<32, using: &random))
            return IPAddress(family: family, value: top | bottom)
        }
        let lengths = [0, 1, 2, 3, 4, 5, 6, width / 2, width - 5, width - 4, width - 3, width - 2, width - 1, width]
        for step in 0..<6000 {
            let owner = UInt32.random(in: 0..<12, using: &random)
            guard
                let prefix = lengths.randomElement(using: &random).flatMap({ IPPrefix(randomAddress(), length: $0) })?
                    .network
            else { return }
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<60:
                let former = table.insert(prefix, owner: owner)
                #expect(former == model.owners.updateValue(owner, forKey: prefix))
            case 60..<97:
                #expect(table.remove(prefix) == model.owners.removeValue(forKey: prefix))
            default:
                #expect(Set(table.prefixes(of: owner)) == Set(model.owners.filter { $0.value == owner }.keys))
                table.removeAll(of: owner)
                model.owners = model.owners.filter { $0.value != owner }
                #expect(table.prefixes(of: owner).isEmpty)
            }
            let address = randomAddress()
            guard table.lookup(address) == model.lookup(address), table.count == model.owners.count else {
                Issue.record("step \(step): \(address)")
                return
            }
        }
        for owner in 0..<12 as Range<UInt32> { table.removeAll(of: owner) }
        #expect(table.isEmpty)
    }

    @Test func copyIsNotTouchedByChanges() throws {
        var table = PrefixTable()
        table.insert(try prefix("10.0.0.0/8"), owner: 1)
        let copy = table
        table.insert(try prefix("10.1.0.0/16"), owner: 2)
        table.removeAll(of: 1)
        #expect(copy.lookup(try address("10.1.0.1")) == 1)
        #expect(table.lookup(try address("10.1.0.1")) == 2)
    }

    @Test func aHundredAndThirtyThousandPrefixesGoInAndOut() {
        var table = PrefixTable()
        let addresses = (0..<130_000 as Range<UInt32>).map { IPAddress(v4: $0 &* 2_654_435_761) }
        for (owner, address) in addresses.enumerated() {
            table.insert(IPPrefix(host: address), owner: UInt32(owner % 1000))
        }
        #expect(table.count == 130_000)
        #expect(addresses.enumerated().allSatisfy { table.lookup($1) == UInt32($0 % 1000) })
        for owner in 0..<1000 as Range<UInt32> { table.removeAll(of: owner) }
        #expect(table.isEmpty)
    }
}
