package import Addressing

/// A policy made ready for look-ups: an immutable snapshot.
///
/// Cost of a decision: two binary searches over all prefixes' boundaries, then a pass over the rules that name one of
/// the sets that the opener (or the target, whichever is named by fewer) is in. Memory is linear in the policy.
package final class CompiledPolicy: Sendable {
    /// More than anyone writes, and few enough for memory and time to compile to stay bounded.
    static let maximumPrefixes = 1 << 20
    static let maximumRules = 1 << 16

    package let policy: FilterPolicy
    private let classes: AddressClasses
    private let rules: [Rule]
    /// For each set the rules that name it, ascending.
    private let rulesFrom: RulesOfSets
    private let rulesTo: RulesOfSets

    private struct Rule {
        let denies: Bool
        /// Indices of sets, ascending.
        let from: [UInt32]
        let to: [UInt32]
        let ports: [FilterPolicy.PortMatch]
    }

    private struct RulesOfSets {
        var denying: [[UInt32]]
        var allowing: [[UInt32]]
        /// How many rules the sets of each address class are named by.
        var costOfClass: [Int] = []

        init(setCount: Int) {
            denying = Array(repeating: [], count: setCount)
            allowing = denying
        }

        mutating func add(_ rule: Int, denies: Bool, sets: [UInt32]) {
            for set in sets {
                if denies { denying[Int(set)].append(UInt32(rule)) } else { allowing[Int(set)].append(UInt32(rule)) }
            }
        }

        mutating func weigh(_ setsOfClass: [[UInt32]]) {
            costOfClass = setsOfClass.map { sets in
                sets.reduce(0) { $0 + denying[Int($1)].count + allowing[Int($1)].count }
            }
        }
    }

    package init(_ policy: FilterPolicy) throws(FilterPolicyError) {
        guard policy.rules.count <= Self.maximumRules else { throw .tooLarge("rules") }
        guard policy.sets.reduce(0, { $0 + $1.prefixes.count }) <= Self.maximumPrefixes else {
            throw .tooLarge("prefixes")
        }
        var indices: [String: UInt32] = [:]
        for (index, set) in policy.sets.enumerated() {
            guard indices.updateValue(UInt32(index), forKey: set.name) == nil else { throw .duplicateSet(set.name) }
        }
        let classes = AddressClasses(policy.sets)
        var rules: [Rule] = []
        var rulesFrom = RulesOfSets(setCount: policy.sets.count)
        var rulesTo = rulesFrom
        for (index, rule) in policy.rules.enumerated() {
            let compiled = Rule(
                denies: rule.action == .deny,
                from: try Self.resolve(rule.from, indices, rule: rule.name),
                to: try Self.resolve(rule.to, indices, rule: rule.name),
                ports: rule.ports.map { match in
                    FilterPolicy.PortMatch(
                        protocolNumber: IPProtocol.asInRules(match.protocolNumber), ports: match.ports)
                })
            rules.append(compiled)
            rulesFrom.add(index, denies: compiled.denies, sets: compiled.from)
            rulesTo.add(index, denies: compiled.denies, sets: compiled.to)
        }
        rulesFrom.weigh(classes.setsOfClass)
        rulesTo.weigh(classes.setsOfClass)
        self.policy = policy
        self.classes = classes
        self.rules = rules
        self.rulesFrom = rulesFrom
        self.rulesTo = rulesTo
    }

    private static func resolve(
        _ names: [String], _ indices: [String: UInt32], rule: String
    ) throws(FilterPolicyError) -> [UInt32] {
        var found: Set<UInt32> = []
        for name in names {
            guard let index = indices[name] else { throw .unknownSet(name, rule: rule) }
            found.insert(index)
        }
        return found.sorted()
    }
}

// MARK: - Deciding

extension CompiledPolicy {
    package struct Decision: Hashable, Sendable {
        package let allows: Bool
        /// Index of the first rule that decided; `nil`: none, it was the default.
        package let rule: Int?
    }

    /// Whether `opener` may open a flow to `target`. A matching deny wins, then a matching allow, then the default.
    ///
    /// - Parameter port: the destination port; 0 where the protocol has none.
    package func decide(
        _ family: IPFamily, opener: UInt128, target: UInt128, protocolNumber: UInt8, port: UInt16
    ) -> Decision {
        let openerClass = classes.classOf(family, opener)
        let targetClass = classes.classOf(family, target)
        let protocolNumber = IPProtocol.asInRules(protocolNumber)
        let byOpener = rulesFrom.costOfClass[openerClass] <= rulesTo.costOfClass[targetClass]
        let near = byOpener ? rulesFrom : rulesTo
        let nearSets = classes.setsOfClass[byOpener ? openerClass : targetClass]
        let farSets = classes.setsOfClass[byOpener ? targetClass : openerClass]

        func first(_ rulesOfSet: [[UInt32]]) -> Int? {
            var best = UInt32.max
            for set in nearSets {
                for index in rulesOfSet[Int(set)] {
                    guard index < best else { break }
                    let rule = rules[Int(index)]
                    if Self.intersects(byOpener ? rule.to : rule.from, farSets),
                        Self.matches(rule.ports, protocolNumber, port)
                    {
                        best = index
                    }
                }
            }
            return best == .max ? nil : Int(best)
        }

        if let rule = first(near.denying) { return Decision(allows: false, rule: rule) }
        if let rule = first(near.allowing) { return Decision(allows: true, rule: rule) }
        return Decision(allows: policy.defaultAction == .allow, rule: nil)
    }

    private static func matches(_ ports: [FilterPolicy.PortMatch], _ number: UInt8, _ port: UInt16) -> Bool {
        guard !ports.isEmpty else { return true }
        for match in ports where match.protocolNumber == number {
            guard let range = match.ports else { return true }
            if range.contains(port) { return true }
        }
        return false
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
