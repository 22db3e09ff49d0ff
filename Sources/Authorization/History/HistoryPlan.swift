package import GitRepository

/// In which order new commits are judged, and each against which parent.
///
/// Which parent of a merge is main's is not what the merge says: whoever merges main into an old branch, and pushes that as
/// main, would make the old branch's roles those of main. It is the one that leads to where main was last seen; else the one
/// that leads to the newest commit of main; else, where nobody has seen main before, the first.
struct HistoryPlan: Sendable {
    struct Step: Sendable {
        let node: CommitNode
        /// The parent that it is judged against; `nil` of a first commit.
        let base: ObjectID?
        let isOnMain: Bool
        /// How far along main the newest commit is that it comes from; -1 for none.
        let rank: Int
        let adoption: Approvals.Adoption?
        /// It comes before the first commit that is adopted.
        let isBeforeBeginning: Bool
    }

    private(set) var steps: [Step] = []
    /// The new commits of main, the newest first.
    private(set) var mainLine: [ObjectID] = []
    /// How far along main each of them is.
    private(set) var ranks: [ObjectID: Int] = [:]
    /// Whether main does not have a commit any more that it was seen at.
    let isRewritten: Bool

    /// - Parameters:
    ///   - seen: where main was, the oldest first, from where it is judged already.
    ///   - known: the commits that main is known to have gone over, with how far along it they are.
    ///   - adoption: of a commit.
    init(
        to tip: ObjectID, through seen: [ObjectID], known: [ObjectID: Int], _ records: HistoryRecords,
        adoption: (ObjectID) -> Approvals.Adoption?, in source: some HistorySource
    ) async throws {
        let nodes = try await source.commits(to: tip) { records.contains($0) }
        // The number of the newest place of main that each leads to.
        var latest = Dictionary(seen.enumerated().map { ($1, $0 + 1) }) { $1 }
        for node in nodes {
            let reached = node.parents.compactMap { latest[$0] }.max()
            if let reached, reached > latest[node.id, default: 0] { latest[node.id] = reached }
        }

        let byID = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
        var bases: [ObjectID: ObjectID] = [:]
        var next: ObjectID? = tip
        while let id = next, let node = byID[id] {
            mainLine.append(id)
            next =
                node.parents.first(highest: { latest[$0] }) ?? node.parents.first(highest: { known[$0] })
                ?? node.parents.first
            bases[id] = next
        }
        let firstRank = next.flatMap(records.rank).map { $0 + 1 } ?? 0
        for (index, id) in mainLine.reversed().enumerated() { ranks[id] = firstRank + index }
        let onMain = ranks
        isRewritten = !seen.allSatisfy { onMain[$0] != nil || $0 == next }
        let adoptions = mainLine.reduce(into: [:]) { $0[$1] = adoption($1) }

        var reached = ranks
        var isBeforeBeginning = !adoptions.isEmpty && next == nil && !records.isAdopted
        steps.reserveCapacity(nodes.count)
        for node in nodes {
            let parents = node.parents.map { (id: $0, rank: reached[$0] ?? records.rank(of: $0) ?? -1) }
            let newest = parents.first(highest: \.rank)
            let rank = onMain[node.id] ?? newest?.rank ?? -1
            reached[node.id] = rank
            if adoptions[node.id] != nil { isBeforeBeginning = false }
            steps.append(
                Step(
                    node: node, base: bases[node.id] ?? newest?.id, isOnMain: onMain[node.id] != nil, rank: rank,
                    adoption: adoptions[node.id], isBeforeBeginning: isBeforeBeginning))
        }
    }
}

extension Collection {
    /// The first of those with the highest value, where any has one.
    fileprivate func first(highest value: (Element) -> Int?) -> Element? {
        var found: (element: Element, value: Int)?
        for element in self {
            guard let value = value(element), found.map({ value > $0.value }) ?? true else { continue }
            found = (element, value)
        }
        return found?.element
    }
}

/// Main no longer has a commit that it was seen at.
package struct RewrittenHistory: Error, Hashable, Sendable {
    /// Where main was.
    package let last: ObjectID
    package let tip: ObjectID

    package init(last: ObjectID, tip: ObjectID) {
        self.last = last
        self.tip = tip
    }
}

extension RewrittenHistory: CustomStringConvertible {
    package var description: String {
        "main was rewritten: \(tip.short) does not come from \(last.short), which main was at; a superadmin who has looked "
            + "at it can take it: cvlan approve \(tip) --adopt --replaces \(last)"
    }
}
