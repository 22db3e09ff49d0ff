/// What groups of openers gain, or lose, one row after the other, put together by what is the same.
struct GainTable {
    /// What a group of openers gains from one group of targets.
    struct Cell: Comparable {
        let services: Int
        let target: Int32

        static func < (a: Cell, b: Cell) -> Bool { (a.services, a.target) < (b.services, b.target) }
    }

    private var gains: [DeltaCells.Gain] = []
    /// By gain the groups of openers, ascending.
    private var openers: [[Int32]] = []
    private var numbers: [DeltaCells.Gain: Int] = [:]
    /// By target the gain from it alone that was met last: one row is often like the one before.
    private var latest: [Latest]

    private struct Latest {
        var services = -1
        var number = 0
    }

    init(targets: Int) {
        latest = Array(repeating: Latest(), count: targets)
    }

    /// - Parameter cells: all of one group of openers, which comes after those before.
    mutating func add(_ cells: inout [Cell], of opener: Int32) {
        cells.sort()
        var start = 0
        while start < cells.count {
            let services = cells[start].services
            var end = start + 1
            while end < cells.count, cells[end].services == services { end += 1 }
            openers[number(cells[start..<end])].append(opener)
            start = end
        }
    }

    private mutating func number(_ cells: ArraySlice<Cell>) -> Int {
        let cell = cells[cells.startIndex]
        let target = Int(cell.target)
        if cells.count == 1, latest[target].services == cell.services { return latest[target].number }
        let gain = DeltaCells.Gain(services: cell.services, targets: cells.map(\.target))
        let number = numbers[gain] ?? gains.count
        if number == gains.count {
            numbers[gain] = number
            gains.append(gain)
            openers.append([])
        }
        if cells.count == 1 { latest[target] = Latest(services: cell.services, number: number) }
        return number
    }

    var openersByGain: [DeltaCells.Gain: [Int32]] { Dictionary(uniqueKeysWithValues: zip(gains, openers)) }
}
