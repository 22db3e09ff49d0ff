/// Lists of rules, ascending, each with a number of its own: 0 is the empty one.
struct RuleTrie {
    private struct Node {
        let parent: Int32
        let rule: Int32
    }

    private struct Step: Hashable {
        let node: Int32
        let rule: Int32
    }

    private var nodes = [Node(parent: 0, rule: 0)]
    private var children: [Step: Int32] = [:]

    /// The list with one more rule, which comes after all that are in it.
    mutating func adding(_ rule: Int32, to list: Int32) -> Int32 {
        let step = Step(node: list, rule: rule)
        if let child = children[step] { return child }
        let child = Int32(nodes.count)
        nodes.append(Node(parent: list, rule: rule))
        children[step] = child
        return child
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
