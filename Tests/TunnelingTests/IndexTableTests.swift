import TestRandom
import Testing
import Tunneling

@Suite struct IndexTableTests {
    /// Against a dictionary, with indices so near each other that their places collide and wrap around.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func agreesWithADictionary(seed: UInt64) {
        var generator = SeededRandom(seed)
        var table = IndexTable<Int>()
        var model: [UInt32: Int] = [:]
        for step in 0..<6000 {
            // Growing and shrinking in turn.
            let grows = (step / 1000).isMultiple(of: 2)
            if model.count < 2000, Int.random(in: 0..<10, using: &generator) < (grows ? 7 : 2) {
                let index = table.insert(step) { .max - UInt32.random(in: 0..<5000, using: &generator) }
                guard model.updateValue(step, forKey: index) == nil else {
                    Issue.record("index \(index) was given twice")
                    return
                }
            } else if let index = model.keys.randomElement(using: &generator) {
                if Bool.random(using: &generator) {
                    table.replace(index, with: -step)
                    model[index] = -step
                } else {
                    table.remove(index)
                    model[index] = nil
                }
            }
            let probe = UInt32.max - UInt32.random(in: 0..<5000, using: &generator)
            guard table[probe] == model[probe], table.count == model.count else {
                Issue.record("step \(step), index \(probe)")
                return
            }
        }
        for (index, use) in model { #expect(table[index] == use) }
    }

    @Test func unknownIndexIsNobodys() {
        var table = IndexTable<Int>()
        #expect(table[0] == nil)
        table.remove(7)
        table.replace(7, with: 1)
        #expect(table[7] == nil && table.count == 0)
    }
}
