/// Rules of one action, put together where they name the same sets on both sides: whom a decision has to look at.
///
/// It looks from whichever side is shorter: at all groups that name a set of the opener, or a set of the target; or at all
/// pairs of what names one and what names the other. So neither a set that most rules name nor many rules between the same two make a
/// decision long.
struct RuleGroups: Sendable {
    /// Sets that rules name together on one side, and which groups have them there.
    private struct Side: Sendable {
        private(set) var lists: [[UInt32]] = []
        private var numbers: [[UInt32]: UInt32] = [:]
        /// By set: the lists that it is in.
        private(set) var listsOfSet: [[UInt32]]
        /// By list.
        private(set) var groups: [[UInt32]] = []
        /// By set: how many groups name it.
        private(set) var weights: [Int]

        init(setCount: Int) {
            listsOfSet = Array(repeating: [], count: setCount)
            weights = Array(repeating: 0, count: setCount)
        }

        mutating func number(of sets: [UInt32]) -> UInt32 {
            if let number = numbers[sets] { return number }
            let number = UInt32(lists.count)
            numbers[sets] = number
            lists.append(sets)
            groups.append([])
            for set in sets { listsOfSet[Int(set)].append(number) }
            return number
        }

        mutating func add(_ group: UInt32, to list: UInt32) {
            groups[Int(list)].append(group)
            for set in lists[Int(list)] { weights[Int(set)] += 1 }
        }

        mutating func finish() { numbers = [:] }

        func listCount(_ sets: [UInt32]) -> Int { sets.reduce(0) { $0 + listsOfSet[Int($1)].count } }
        func groupCount(_ sets: [UInt32]) -> Int { sets.reduce(0) { $0 + weights[Int($1)] } }
    }

    private struct Pair: Hashable, Sendable {
        let from: UInt32
        let to: UInt32
    }

    private var from: Side
    private var to: Side
    private var groupOfPair: [Pair: UInt32] = [:]
    /// By group.
    private var pairs: [Pair] = []
    private var rules: [PortRules] = []

    /// A rule with its sets' numbers, ascending.
    struct Rule {
        let number: UInt32
        let from: [UInt32]
        let to: [UInt32]
        let ports: [FilterPolicy.PortMatch]
    }

    /// - Parameter rules: in the order of the policy.
    init(_ rules: [Rule], setCount: Int) {
        from = Side(setCount: setCount)
        to = Side(setCount: setCount)
        var members: [[Int]] = []
        for (index, rule) in rules.enumerated() {
            let pair = Pair(from: from.number(of: rule.from), to: to.number(of: rule.to))
            if let group = groupOfPair[pair] {
                members[Int(group)].append(index)
                continue
            }
            let group = UInt32(pairs.count)
            groupOfPair[pair] = group
            pairs.append(pair)
            members.append([index])
            from.add(group, to: pair.from)
            to.add(group, to: pair.to)
        }
        from.finish()
        to.finish()
        self.rules = members.map { PortRules($0.lazy.map { (rules[$0].number, rules[$0].ports) }) }
    }

    /// The first rule for a flow from an address in the one sets to an address in the others.
    func first(from opener: [UInt32], to target: [UInt32], _ protocolNumber: UInt8, _ port: UInt16) -> UInt32? {
        var best: UInt32?
        func consider(_ group: UInt32) {
            guard let rule = rules[Int(group)].first(protocolNumber, port) else { return }
            best = min(best ?? .max, rule)
        }
        let (byOpener, byTarget) = (from.groupCount(opener), to.groupCount(target))
        if from.listCount(opener) * to.listCount(target) <= min(byOpener, byTarget) {
            for list in opener.lazy.flatMap({ from.listsOfSet[Int($0)] }) {
                for other in target.lazy.flatMap({ to.listsOfSet[Int($0)] }) {
                    if let group = groupOfPair[Pair(from: list, to: other)] { consider(group) }
                }
            }
        } else if byOpener <= byTarget {
            for list in opener.lazy.flatMap({ from.listsOfSet[Int($0)] }) {
                for group in from.groups[Int(list)]
                where Self.intersects(to.lists[Int(pairs[Int(group)].to)], target) { consider(group) }
            }
        } else {
            for list in target.lazy.flatMap({ to.listsOfSet[Int($0)] }) {
                for group in to.groups[Int(list)]
                where Self.intersects(from.lists[Int(pairs[Int(group)].from)], opener) { consider(group) }
            }
        }
        return best
    }

    /// Whether two ascending lists share an element.
    private static func intersects(_ a: [UInt32], _ b: [UInt32]) -> Bool {
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            if a[i] == b[j] { return true }
            if a[i] < b[j] { i += 1 } else { j += 1 }
        }
        return false
    }
}
