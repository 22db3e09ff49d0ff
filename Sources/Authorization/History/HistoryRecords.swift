internal import GitRepository

/// What is kept of each commit that was judged, in the order in which they were: parents before children.
struct HistoryRecords: Sendable {
    private struct Record: Sendable {
        let state: AcceptedState?
        let rank: Int
        let index: Int
        /// How many adoptions there were.
        let beginning: Int
    }

    private var records: [ObjectID: Record] = [:]
    private var order: [ObjectID] = []
    private var beginning = 0

    var count: Int { order.count }

    func contains(_ commit: ObjectID) -> Bool { records[commit] != nil }

    /// Whether everything begins with a commit that was adopted: what does not come from it is not judged.
    var isAdopted: Bool { beginning > 0 }

    /// `nil` of what is not judged: not yet, or as it is from before the beginning.
    func state(at commit: ObjectID) -> AcceptedState? {
        records[commit].flatMap { $0.beginning == beginning ? $0.state : nil }
    }

    /// How far along main the newest commit is that it comes from.
    func rank(of commit: ObjectID) -> Int? { records[commit]?.rank }

    mutating func add(_ commit: ObjectID, _ state: AcceptedState?, rank: Int) {
        records[commit] = Record(state: state, rank: rank, index: order.count, beginning: beginning)
        order.append(commit)
    }

    /// The next commit is where everything begins.
    mutating func begin() { beginning += 1 }

    /// Forgets the first of these commits, and all that came after it: what is to be judged again.
    mutating func truncate(from commits: some Sequence<ObjectID>) {
        guard let first = commits.compactMap({ records[$0]?.index }).min() else { return }
        truncate(to: first)
    }

    /// Forgets all but the first commits that were judged.
    mutating func truncate(to count: Int) {
        for commit in order[count...] { records[commit] = nil }
        order.removeSubrange(count...)
        beginning = order.last.flatMap { records[$0]?.beginning } ?? 0
    }
}
