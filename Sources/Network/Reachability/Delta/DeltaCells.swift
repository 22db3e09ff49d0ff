internal import Manifests

/// For each pair of groups that can differ the services that open and close, put together by openers that gain, or lose,
/// the same from the same targets.
///
/// Only pairs are looked at that a difference of rules or of groups touches: a changed line costs what it concerns, not
/// the square of the network.
struct DeltaCells {
    /// Services as a number, and the groups of targets, ascending.
    struct Gain: Hashable {
        let services: Int
        let targets: [Int32]
    }

    /// Interned: 0 is empty.
    private(set) var sets: [ServiceSet] = [ServiceSet()]
    /// The groups of openers, ascending.
    private(set) var opened: [Gain: [Int32]] = [:]
    private(set) var closed: [Gain: [Int32]] = [:]

    private let partition: JointPartition
    private var numbers: [ServiceSet: Int] = [ServiceSet(): 0]
    private var known: [Pair: (opened: Int, closed: Int)] = [:]
    private var base: SideServices
    private var head: SideServices
    /// Of the groups of targets.
    private let keys: [JointGroup.Key]

    private struct Pair: Hashable {
        let base: Int
        let head: Int
    }

    init(_ partition: JointPartition, _ rules: JointRules) {
        self.partition = partition
        base = SideServices(partition, .base)
        head = SideServices(partition, .head)
        keys = partition.targets.map(\.key)
        let candidates = CandidateTargets(partition, rules)
        var gained: [GainTable.Cell] = []
        var lost: [GainTable.Cell] = []
        var gains = GainTable(targets: keys.count)
        var losses = gains
        for (number, opener) in partition.openers.enumerated() {
            gained.removeAll(keepingCapacity: true)
            lost.removeAll(keepingCapacity: true)
            let targets = candidates.of(opener)
            let count = targets.count
            base.begin(number, count: count)
            head.begin(number, count: count)
            targets.forEach { target in
                guard keys[target].family == opener.key.family else { return }
                let cell = compare(opener.key, target)
                if cell.opened != 0 { gained.append(GainTable.Cell(services: cell.opened, target: Int32(target))) }
                if cell.closed != 0 { lost.append(GainTable.Cell(services: cell.closed, target: Int32(target))) }
            }
            gains.add(&gained, of: Int32(number))
            losses.add(&lost, of: Int32(number))
        }
        opened = gains.openersByGain
        closed = losses.openersByGain
    }

    /// Where all pairs of two groups are of one node on the side where they would be open, nothing is: what is given is
    /// then what would be if they were of two, as its neighbours have it.
    private mutating func compare(_ from: JointGroup.Key, _ target: Int) -> (opened: Int, closed: Int) {
        let inBase = base.list(target).map { services(.base, $0) } ?? 0
        let inHead = head.list(target).map { services(.head, $0) } ?? 0
        let whole = difference(inBase, inHead)
        let to = keys[target]
        let isOneInBase = from.baseNode != nil && from.baseNode == to.baseNode
        let isOneInHead = from.headNode != nil && from.headNode == to.headNode
        switch (isOneInBase, isOneInHead) {
        case (false, false), (true, true): return whole
        case (true, false): return (inHead, whole.closed)
        case (false, true): return (whole.opened, inBase)
        }
    }

    private mutating func services(_ side: ReachCause.Side, _ list: Int32) -> Int {
        if let number = side == .base ? base.number(of: list) : head.number(of: list) { return number }
        let services = side == .base ? base.services(of: list) : head.services(of: list)
        let number = intern(services)
        if side == .base { base.learn(list, number) } else { head.learn(list, number) }
        return number
    }

    private mutating func difference(_ base: Int, _ head: Int) -> (opened: Int, closed: Int) {
        if base == head { return (0, 0) }
        if base == 0 { return (head, 0) }
        if head == 0 { return (0, base) }
        let pair = Pair(base: base, head: head)
        if let difference = known[pair] { return difference }
        let difference = (
            opened: intern(sets[head].subtracting(sets[base])), closed: intern(sets[base].subtracting(sets[head]))
        )
        known[pair] = difference
        return difference
    }

    private mutating func intern(_ set: ServiceSet) -> Int {
        if let number = numbers[set] { return number }
        numbers[set] = sets.count
        sets.append(set)
        return sets.count - 1
    }
}
