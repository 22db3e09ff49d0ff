package import Addressing

/// Endpoints of one family that all rules treat alike, as the openers of flows or as their targets.
package struct EndpointGroup: Sendable {
    package let family: IPFamily
    package let attachment: Attachment
    /// Those whose `from` (of openers), or `to` (of targets), has these endpoints.
    package let rules: RuleMask
    /// Indices in `EndpointPartition.endpoints`, ascending; never empty.
    package fileprivate(set) var endpoints: [Int]
}

extension EndpointGroup {
    private struct Key: Hashable {
        let family: IPFamily
        let attachment: Attachment
        let rules: RuleMask
    }

    /// - Parameters:
    ///   - endpoints: with their attachments.
    ///   - classes: by endpoint the class, which `rules` gives the rules of.
    /// - Returns: the groups, and by endpoint the index of its own.
    static func groups(
        of endpoints: [Endpoint], _ attachments: [Attachment], classes: [Int], rules: [RuleMask]
    ) -> (groups: [EndpointGroup], groupOf: [Int]) {
        var groups: [EndpointGroup] = []
        var groupOf: [Int] = []
        groupOf.reserveCapacity(endpoints.count)
        var known: [Key: Int] = [:]
        for (index, endpoint) in endpoints.enumerated() {
            let key = Key(family: endpoint.family, attachment: attachments[index], rules: rules[classes[index]])
            if let group = known[key] {
                groups[group].endpoints.append(index)
                groupOf.append(group)
                continue
            }
            known[key] = groups.count
            groupOf.append(groups.count)
            groups.append(
                EndpointGroup(family: key.family, attachment: key.attachment, rules: key.rules, endpoints: [index]))
        }
        return (groups, groupOf)
    }
}
