extension Policy {
    func validate(_ problems: inout ProblemCollector) {
        for rule in rules {
            for (name, selectors) in [("from", rule.from), ("to", rule.to)] {
                if selectors.isEmpty {
                    problems.report(
                        .badValue, at: rule.$action.span, "`\(name)` is empty: write `- any: true` to mean everyone")
                }
                for selector in selectors { selector.validate(&problems) }
            }
        }
        let names = rules.filter { $0.name != nil }.map { $0.$name.map { $0 ?? "" } }
        problems.requireUnique(names, \.self, "the rule")
        for test in tests {
            test.from.validate(&problems)
            test.to.validate(&problems)
            if let ports = test.port?.ports, ports.count > 1 {
                problems.report(.badPort, at: test.$port.span, "a test is of one port, not of a range")
            }
        }
    }
}

extension Selector {
    func validate(_ problems: inout ProblemCollector) {
        switch term {
        case .labels(let labels) where labels.isEmpty:
            problems.report(.badValue, at: span, "`labels` is empty: write `any: true` to mean everyone")
        case .cidr(let prefix):
            problems.requireNetwork(Located(prefix, at: span), "cidr")
        case .labels, .node, .group, .any: break
        }
        for selector in except { selector.validate(&problems) }
    }
}
