internal import Manifests

/// For each pair of groups that can differ the services that open and close.
///
/// Only pairs are looked at that a difference of rules or of groups touches: a changed line costs what it concerns, not
/// the square of the network.
struct DeltaCells {
    /// Interned: 0 is empty.
    private(set) var sets: [ServiceSet] = [ServiceSet()]
    private(set) var opened: [Row] = []
    private(set) var closed: [Row] = []

    /// What one group of openers gains, or loses.
    struct Row {
        let opener: Int
        /// By index in `sets` the groups of targets, ascending.
        let targets: [Int: [Int32]]
    }

    private let partition: JointPartition
    private let rules: JointRules
    private var numbers: [ServiceSet: Int] = [ServiceSet(): 0]
    private var known: [Pair: (opened: Int, closed: Int)] = [:]
    private var baseServices: [RuleMask: Int] = [:]
    private var headServices: [RuleMask: Int] = [:]

    private struct Pair: Hashable {
        let base: Int
        let head: Int
    }

    init(_ partition: JointPartition, _ rules: JointRules) {
        self.partition = partition
        self.rules = rules
        let candidates = CandidateTargets(partition, rules)
        for (index, opener) in partition.openers.enumerated() {
            var gained: [Int: [Int32]] = [:]
            var lost: [Int: [Int32]] = [:]
            candidates.of(opener).forEach { number in
                let target = partition.targets[number]
                guard target.key.family == opener.key.family else { return }
                let cell = compare(opener, target)
                if cell.opened != 0 { gained[cell.opened, default: []].append(Int32(number)) }
                if cell.closed != 0 { lost[cell.closed, default: []].append(Int32(number)) }
            }
            if !gained.isEmpty { opened.append(Row(opener: index, targets: gained)) }
            if !lost.isEmpty { closed.append(Row(opener: index, targets: lost)) }
        }
    }

    /// Where all pairs of two groups are of one node on the side where they would be open, nothing is: what is given is
    /// then what would be if they were of two, as its neighbours have it.
    private mutating func compare(_ opener: JointGroup, _ target: JointGroup) -> (opened: Int, closed: Int) {
        let base = services(.base, opener, target)
        let head = services(.head, opener, target)
        let isOneInBase = opener.key.baseNode != nil && opener.key.baseNode == target.key.baseNode
        let isOneInHead = opener.key.headNode != nil && opener.key.headNode == target.key.headNode
        let whole = difference(base, head)
        switch (isOneInBase, isOneInHead) {
        case (false, false), (true, true): return whole
        case (true, false): return (head, whole.closed)
        case (false, true): return (whole.opened, base)
        }
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

    private mutating func services(_ side: ReachCause.Side, _ opener: JointGroup, _ target: JointGroup) -> Int {
        guard let network = partition.side(side).network, network.isConnected,
            let opener = partition.opener(opener, side), let target = partition.target(target, side),
            opener.attachment.reaches(target.attachment)
        else { return 0 }
        let applicable = opener.rules.intersection(target.rules)
        if let number = side == .base ? baseServices[applicable] : headServices[applicable] { return number }
        let number = intern(network.services(of: applicable))
        if side == .base { baseServices[applicable] = number } else { headServices[applicable] = number }
        return number
    }

    private mutating func intern(_ set: ServiceSet) -> Int {
        if let number = numbers[set] { return number }
        numbers[set] = sets.count
        sets.append(set)
        return sets.count - 1
    }
}
