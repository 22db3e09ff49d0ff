internal import Addressing

/// Which rules of one side speak of both of two groups, one group of openers after the other.
struct SideServices {
    private let isConnected: Bool
    private let openers: [Speaking?]
    private let targets: [Speaking?]
    /// Of the targets.
    private let attachments: [Attachment?]
    /// By rule the groups of targets that it speaks of: of each family.
    private let targetsOfV4: [[Int32]]
    private let targetsOfV6: [[Int32]]
    private let families: [IPFamily]
    private var trie: RuleTrie
    /// By list what its rules let through, as numbers of the caller's; -1: not told yet.
    private var numbers: [Int] = []
    private let network: NetworkReach?
    private var current: Speaking?
    /// By target the list of rules, while all of them are looked at at once.
    private var lists: [Int32] = []
    private var hasLists = false

    /// The rules that speak of a group, in both forms: the shorter list is looked up in the other's mask.
    private struct Speaking {
        let attachment: Attachment
        let mask: RuleMask
        let list: [Int32]

        init(_ group: EndpointGroup) {
            attachment = group.attachment
            mask = group.rules
            list = group.rules.indices.map { Int32($0) }
        }
    }

    init(_ partition: JointPartition, _ side: ReachCause.Side) {
        network = partition.side(side).network
        isConnected = network?.isConnected ?? false
        openers = partition.openers.map { partition.opener($0, side).map(Speaking.init) }
        targets = partition.targets.map { partition.target($0, side).map(Speaking.init) }
        attachments = targets.map { $0?.attachment }
        let count = network?.rules.rules.count ?? 0
        let ofTargets = targets
        func targetsOf(_ family: IPFamily) -> [[Int32]] {
            var result = Array(repeating: [Int32](), count: count)
            for (index, target) in ofTargets.enumerated() where partition.targets[index].key.family == family {
                for rule in target?.list ?? [] { result[Int(rule)].append(Int32(index)) }
            }
            return result
        }
        targetsOfV4 = targetsOf(.v4)
        targetsOfV6 = targetsOf(.v6)
        families = partition.openers.map(\.key.family)
        trie = RuleTrie(count: count)
    }

    /// Goes on with another group of openers.
    ///
    /// - Parameter count: how many targets will be asked for. When they are many, it is done rule by rule for all of them,
    ///   which costs only what the rules of this group speak of.
    mutating func begin(_ opener: Int, count: Int) {
        current = isConnected ? openers[opener] : nil
        hasLists = false
        guard let current else { return }
        let targetsOf = families[opener] == .v4 ? targetsOfV4 : targetsOfV6
        let cost = current.list.reduce(0) { $0 + targetsOf[Int($1)].count }
        guard cost < count * 8 else { return }
        hasLists = true
        lists.removeAll(keepingCapacity: true)
        lists.append(contentsOf: repeatElement(0, count: targets.count))
        for rule in current.list {
            for target in targetsOf[Int(rule)] {
                lists[Int(target)] = trie.adding(rule, to: lists[Int(target)])
            }
        }
    }

    /// The rules that speak of the current opener and a target of its family, as a list of `trie`; `nil`: nothing passes, whatever they
    /// say.
    mutating func list(_ target: Int) -> Int32? {
        guard let current, let attachment = attachments[target], current.attachment.reaches(attachment) else {
            return nil
        }
        if hasLists { return lists[target] }
        return targets[target].map { walk(current, $0) }
    }

    private mutating func walk(_ opener: Speaking, _ target: Speaking) -> Int32 {
        let isShorter = opener.list.count < target.list.count
        let mask = isShorter ? target.mask : opener.mask
        var list: Int32 = 0
        for rule in isShorter ? opener.list : target.list where mask.contains(Int(rule)) {
            list = trie.adding(rule, to: list)
        }
        return list
    }

    // MARK: What lists let through

    func number(of list: Int32) -> Int? {
        Int(list) < numbers.count && numbers[Int(list)] >= 0 ? numbers[Int(list)] : nil
    }

    func services(of list: Int32) -> ServiceSet {
        network?.services(of: trie.rules(of: list)) ?? ServiceSet()
    }

    mutating func learn(_ list: Int32, _ number: Int) {
        let missing = Int(list) + 1 - numbers.count
        if missing > 0 { numbers.append(contentsOf: repeatElement(-1, count: missing)) }
        numbers[Int(list)] = number
    }
}
