package import Manifests

/// What differs of manifests between two trees. A resource is what its manifest says that it is, whatever its file is called.
package struct TreeDelta: Sendable {
    /// Of resources that differ, and of files that can no longer be read.
    package private(set) var differences: [ChangeKey: Difference] = [:]
    /// Files that could not be read, and now can, or are gone. That is no change to judge: what is in them is.
    package private(set) var mended: Set<String> = []
    /// Of the files that differ, about.
    let byteCount: Int

    /// The same tree twice.
    static let none = TreeDelta(from: [], to: [])

    /// - Parameters:
    ///   - old: the files that differ, as they were; what is not there any more among them.
    ///   - new: as they are; what is new among them.
    ///   - byteCount: what they were read from.
    package init(from old: [ManifestFile], to new: [ManifestFile], byteCount: Int = 0) {
        self.byteCount = byteCount
        var sides: [ResourceID: (old: [Declaration], new: [Declaration])] = [:]
        for file in old {
            for (id, declaration) in file.declarations { sides[id, default: ([], [])].old.append(declaration) }
        }
        for file in new {
            for (id, declaration) in file.declarations { sides[id, default: ([], [])].new.append(declaration) }
        }
        for (id, sides) in sides {
            let difference = Difference(from: sides.old, to: sides.new)
            if !difference.isEmpty { differences[ChangeKey(id)] = difference }
        }
        addUnreadable(from: old, to: new)
    }

    /// A file that is broken may hold back everyone whose manifests are, were, or by its folder would be in it.
    private mutating func addUnreadable(from old: [ManifestFile], to new: [ManifestFile]) {
        let before = Dictionary(old.map { ($0.source.path, $0) }) { first, _ in first }
        mended = Set(old.filter { $0.unreadable != nil }.map(\.source.path))
        for file in new {
            guard let problem = file.unreadable else { continue }
            let path = file.source.path
            guard mended.remove(path) == nil else { continue }
            let known = before[path]
            // It was there, and said something: what that was is in the differences of resources.
            let broken = Difference(
                created: Declaration(unreadableAt: problem.span), existed: known != nil)
            let owners = file.owners.union(known?.owners ?? [])
            for owner in owners { differences[ChangeKey(file: path, of: owner)] = broken }
            if owners.isEmpty { differences[ChangeKey(file: path, of: nil)] = broken }
        }
    }

    /// Whether the two trees say different things of it.
    func touches(_ key: ChangeKey) -> Bool {
        if differences[key] != nil { return true }
        guard case .file(let path) = key.subject else { return false }
        return mended.contains(path)
    }
}

extension ManifestFile {
    /// What is wrong with it so that nobody can tell whose manifests are in it.
    fileprivate var unreadable: ManifestProblem? {
        problems.first { [.unreadable, .syntax, .limit].contains($0.kind) }
            ?? problems.first { $0.tenant == nil }
    }

    fileprivate var owners: Set<String> {
        let declared = resources.map(\.metadata.tenant) + undecodable.map(\.tenant) + problems.compactMap(\.tenant)
        return Set(declared).union(ManifestLoader.tenant(ofPath: source.path).map { [$0] } ?? [])
    }

    fileprivate var declarations: [(ResourceID, Declaration)] {
        resources.map { ($0.id, Declaration($0)) }
            + undecodable.map { id in
                let problem = problems.first { $0.tenant == id.tenant }
                return (id, Declaration(unreadableAt: problem?.span ?? SourceSpan(startOf: source)))
            }
    }
}
