internal import GitRepository

/// What a merge says of each thing, next to what its parents say.
///
/// A version is explained where a merge without conflicts would have it: it is that of some parents, and what the others say
/// instead is what was said where the histories parted. All else is the merge's own: what it wrote, and also what it took from
/// one side though another had changed it. Where histories were merged crosswise, they parted in several places, and
/// all have to agree; where they have nothing in common, nothing is explained.
struct MergeComparison: Sendable {
    /// From each parent to the merge.
    private let deltas: [TreeDelta]
    /// By parent and other parent: from each place where the two parted to the first of them. `nil`: nowhere.
    private let sinceParting: [Pair: [TreeDelta]]

    private struct Pair: Hashable {
        let parent: Int
        let other: Int
    }

    /// More parents than this are not compared with each other: all that differs is the merge's own.
    private static let mostParents = 8

    /// - Parameter base: the parent whose differences are asked for; `nil`: those of all.
    init(
        of node: CommitNode, against base: ObjectID?, in source: some HistorySource
    ) async throws {
        let parents = node.parents
        var pairs = parents.map { TreePair(from: $0, to: node.id) }
        var places: [(pair: Pair, count: Int)] = []
        if parents.count <= Self.mostParents {
            for (index, parent) in parents.enumerated() {
                for (other, otherParent) in parents.enumerated() where other != index {
                    // Of two parents, what differs from the base can only be the other's.
                    if let base, parents.count == 2, parent != base { continue }
                    let bases = try await source.mergeBases(parent, otherParent)
                    places.append((Pair(parent: index, other: other), bases.count))
                    pairs += bases.map { TreePair(from: $0, to: parent) }
                }
            }
        }
        var found = try await source.allDeltas(pairs)[...]
        deltas = Array(found.prefix(parents.count))
        found = found.dropFirst(parents.count)
        var sinceParting: [Pair: [TreeDelta]] = [:]
        for (pair, count) in places where count > 0 {
            sinceParting[pair] = Array(found.prefix(count))
            found = found.dropFirst(count)
        }
        self.sinceParting = sinceParting
    }

    /// Whatever the merge says otherwise than some parent.
    var keys: Set<ChangeKey> {
        deltas.reduce(into: []) { $0.formUnion($1.differences.keys) }
    }

    /// From a parent to the merge; `nil`: both say the same.
    func difference(_ key: ChangeKey, from parent: Int) -> Difference? { deltas[parent].differences[key] }

    /// The parents that say what the merge says, where that explains it; `nil`: it is the merge's own.
    func explanation(of key: ChangeKey) -> [Int]? {
        let same = deltas.indices.filter { !deltas[$0].touches(key) }
        let others = deltas.indices.filter { deltas[$0].touches(key) }
        let isExplained = same.contains { source in
            others.allSatisfy { other in
                guard let places = sinceParting[Pair(parent: other, other: source)] else { return false }
                return places.allSatisfy { !$0.touches(key) }
            }
        }
        return isExplained ? same : nil
    }
}
