internal import WireFormat

/// The packet filter of one network as it is sent to nodes: its rules, and the segments that carry them.
package struct CompiledFilter: Sendable {
    package let rules: FilterRules
    /// One for each set, by name.
    package let setSegments: [ContentSegment]
    /// One for each policy that has rules here, by name.
    package let ruleSegments: [ContentSegment]

    /// - Throws: selectors that name what the tenant does not have.
    package init(_ network: ResolvedNetwork, in tenant: TenantInForce) throws(NetworkErrors) {
        self.init(try FilterRules(network, in: tenant))
    }

    /// Encodes and hashes.
    package init(_ rules: FilterRules) {
        self.rules = rules
        ruleSegments = rules.rules.grouped(by: \.policy).map(Self.segment)
        setSegments = rules.sets.sorted { $0.key < $1.key }.map(Self.segment)
    }

    private static func segment(_ rules: ArraySlice<FilterRules.Rule>) -> ContentSegment {
        var segment = WireRuleSegment()
        segment.rules = rules.map { rule in
            var wire = WireFilterRule()
            wire.name = rule.name
            wire.action = WireAction(rule.action)
            wire.from = rule.from
            wire.to = rule.to
            wire.ports = rule.ports.map { WirePortMatch($0) }
            return wire
        }
        return ContentSegment(.rules(segment))
    }

    private static func segment(_ name: String, _ addresses: AddressSet) -> ContentSegment {
        var set = WireAddressSet()
        set.name = name
        set.prefixes = addresses.prefixes.map { WirePrefix($0) }
        var segment = WireAddressSetSegment()
        segment.sets = [set]
        return ContentSegment(.addressSets(segment))
    }
}

extension Array {
    /// Runs of neighbours with the same key.
    fileprivate func grouped(by key: (Element) -> some Equatable) -> [ArraySlice<Element>] {
        var groups: [ArraySlice<Element>] = []
        var start = startIndex
        for index in indices where index + 1 == endIndex || key(self[index]) != key(self[index + 1]) {
            groups.append(self[start...index])
            start = index + 1
        }
        return groups
    }
}
