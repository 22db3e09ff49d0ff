internal import Addressing

extension Tenant {
    static let approvalCounts = 1...9

    func validate(_ problems: inout ProblemCollector) {
        problems.requireUnique(members, \.$name, "the member")
        problems.requireUnique(groups, \.$name, "the group")
        problems.requireUnique(enrollment.tokenKeys, \.self, "the key")
        if !Self.approvalCounts.contains(approvals) {
            let counts = Self.approvalCounts
            problems.report(
                .badValue, at: $approvals.span,
                "`approvals` must be from \(counts.lowerBound) to \(counts.upperBound), not \(approvals)")
        }
        for member in members where member.name.isEmpty {
            problems.report(.badName, at: member.$name.span, "a member's `name` must not be empty")
        }
        for group in groups {
            if group.members.isEmpty {
                problems.report(.badValue, at: group.$name.span, "the group `\(group.name)` has no members")
            }
            for selector in group.members { selector.validate(&problems) }
        }
        guard problems.requireAtMost(256, addressPools, "addressPools") else { return }
        for (index, pool) in addressPools.enumerated() {
            problems.requireNetwork(pool, "addressPools")
            problems.requireUnicast(pool, "addressPools")
            if let other = addressPools[..<index].first(where: { $0.value.overlaps(pool.value) }) {
                problems.report(.badValue, at: pool.span, "the pool `\(pool)` overlaps `\(other)`")
            }
        }
    }
}
