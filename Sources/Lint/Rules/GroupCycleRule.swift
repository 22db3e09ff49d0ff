internal import Manifests

/// A group does not contain itself, not by way of others either, and groups are not nested beyond what anyone can follow.
struct GroupCycleRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        var walk = Walk(tenant.tenant.groups)
        for index in tenant.tenant.groups.indices { walk.visit(index, &report) }
    }

    /// A depth-first walk along references. What it meets again on its own way is a cycle; each is reported once.
    /// Without recursion, as a chain of groups can be as long as a document.
    private struct Walk {
        private enum Mark { case new, onTheWay, done }

        private static let deepest = 32

        private let groups: [Tenant.Group]
        private let references: [[Int]]
        private var marks: [Mark]
        /// Groups inside each other, itself included.
        private var heights: [Int]
        /// The way from where the walk began: groups, and how many of their references have been followed.
        private var way: [(group: Int, followed: Int)] = []

        init(_ groups: [Tenant.Group]) {
            let indices = Dictionary(groups.indices.map { (groups[$0].name, $0) }) { first, _ in first }
            self.groups = groups
            references = groups.map { group in group.members.flatMap(\.groupNames).compactMap { indices[$0] } }
            marks = Array(repeating: .new, count: groups.count)
            heights = Array(repeating: 1, count: groups.count)
        }

        mutating func visit(_ start: Int, _ report: inout Report) {
            guard marks[start] == .new else { return }
            enter(start)
            while let (group, followed) = way.last {
                guard followed < references[group].count else {
                    leave(group, &report)
                    continue
                }
                way[way.count - 1].followed += 1
                let next = references[group][followed]
                switch marks[next] {
                case .new: enter(next)
                case .onTheWay: add(cycleTo: next, &report)
                case .done: break
                }
            }
        }

        private mutating func enter(_ group: Int) {
            marks[group] = .onTheWay
            way.append((group, 0))
        }

        private mutating func leave(_ group: Int, _ report: inout Report) {
            marks[group] = .done
            way.removeLast()
            heights[group] = 1 + (references[group].map { marks[$0] == .done ? heights[$0] : 0 }.max() ?? 0)
            guard heights[group] == Self.deepest + 1 else { return }
            report.add(
                .groupCycle, at: groups[group].$name.span,
                "the group `\(groups[group].name)` has more than \(Self.deepest) groups inside each other")
        }

        private func add(cycleTo group: Int, _ report: inout Report) {
            let first = way.lastIndex { $0.group == group } ?? way.startIndex
            let names = way[first...].prefix(8).map { groups[$0.group].name }
            let rest = way.count - first > names.count ? ["…"] : []
            let path = (names + rest + [groups[group].name]).joined(separator: " → ")
            report.add(
                .groupCycle, at: groups[group].$name.span, "the group `\(groups[group].name)` contains itself: \(path)")
        }
    }
}

extension Selector {
    /// Of the groups that it names, in exceptions too.
    fileprivate var groupNames: [String] {
        let own: [String] = if case .group(let name) = term { [name] } else { [] }
        return own + except.flatMap(\.groupNames)
    }
}
