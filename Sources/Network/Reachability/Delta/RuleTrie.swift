/// Lists of rules, ascending, each with a number of its own: 0 is the empty one.
struct RuleTrie {
    private struct Node {
        let parent: Int32
        let rule: Int32
        /// The child that was asked for last, and its rule: of lists made in a row, most go on alike.
        var latest: Int32 = 0
        var latestRule: Int32 = -1
    }

    private struct Step: Hashable {
        let node: Int32
        let rule: Int32
    }

    private var nodes = [Node(parent: 0, rule: 0)]
    private var children: [Step: Int32] = [:]
    /// By rule the list of it alone; 0: there is none yet. Every list begins here.
    private var firsts: [Int32]

    /// - Parameter count: of all rules.
    init(count: Int) {
        firsts = Array(repeating: 0, count: count)
    }

    /// The list with one more rule, which comes after all that are in it.
    mutating func adding(_ rule: Int32, to list: Int32) -> Int32 {
        if list == 0 {
            if firsts[Int(rule)] == 0 { firsts[Int(rule)] = append(rule, to: 0) }
            return firsts[Int(rule)]
        }
        if nodes[Int(list)].latestRule == rule { return nodes[Int(list)].latest }
        let step = Step(node: list, rule: rule)
        let child = children[step] ?? append(rule, to: list)
        children[step] = child
        nodes[Int(list)].latest = child
        nodes[Int(list)].latestRule = rule
        return child
    }

    private mutating func append(_ rule: Int32, to list: Int32) -> Int32 {
        nodes.append(Node(parent: list, rule: rule))
        return Int32(nodes.count - 1)
    }

    /// In no particular order.
    func rules(of list: Int32) -> [Int32] {
        var rules: [Int32] = []
        var list = list
        while list != 0 {
            let node = nodes[Int(list)]
            rules.append(node.rule)
            list = node.parent
        }
        return rules
    }
}
