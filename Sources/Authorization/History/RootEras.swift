internal import GitRepository

/// By which root each commit is judged: by the one that was in force when it was first seen, also where it is judged again.
struct RootEras: Sendable {
    private var roots: [RootAuthority] = []
    private var eras: [ObjectID: Int] = [:]

    /// `nil`: nobody has judged it yet.
    subscript(commit: ObjectID) -> RootAuthority? { eras[commit].map { roots[$0] } }

    /// Keeps what is known of them already.
    mutating func add(_ commits: some Sequence<ObjectID>, _ root: RootAuthority) {
        if roots.last != root { roots.append(root) }
        for commit in commits where eras[commit] == nil { eras[commit] = roots.count - 1 }
    }
}
