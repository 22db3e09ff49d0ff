internal import GitRepository
internal import ManifestSource
internal import Manifests
internal import Plan

/// What commits of main change of manifests, by resource.
struct GainedCommits {
    private let repository: Repository
    private let reader: ManifestReader

    /// More commits between two states are not told of.
    private static let most = 1_000_000

    init(_ repository: Repository) {
        self.repository = repository
        reader = ManifestReader(repository)
    }

    /// The first one first. `base` may be gone, where a history was rewritten: then all there are.
    func commits(to tip: ObjectID, notIn base: ObjectID?) async throws -> [Commit] {
        try await repository.perform { repository in
            guard (try? repository.commit(tip)) != nil else { return [] }
            let known = base.flatMap { (try? repository.commit($0)) == nil ? nil : $0 }
            return try repository.history(of: tip, notIn: known, limit: Self.most).reversed()
        }
    }

    /// Those that change manifests of a tenant.
    func commits(to tip: ObjectID, notIn base: ObjectID?, of tenant: String) async throws -> [Commit] {
        var found: [Commit] = []
        for commit in try await commits(to: tip, notIn: base) {
            let changes = try await changes(of: commit)
            if changes.resources.contains(where: { $0.id.tenant == tenant }) { found.append(commit) }
        }
        return found
    }

    /// What a commit changes against its parent; a merge, what none of its parents says.
    func changes(of commit: Commit) async throws -> CommitChanges {
        let parents: [ObjectID?] = commit.parents.isEmpty ? [nil] : commit.parents
        let sides = try await repository.perform { repository in
            try parents.map { try repository.changes(from: $0, to: commit.id) }
        }
        guard let first = sides.first else { return CommitChanges() }
        let others = sides.dropFirst().map { Set($0.map(\.path)) }
        let own = first.filter { change in
            ManifestLoader.isManifest(path: change.path) && others.allSatisfy { $0.contains(change.path) }
        }
        let old = try reader.files(own.compactMap(\.old).filter(\.isFile))
        let new = try reader.files(own.compactMap(\.new).filter(\.isFile))
        return CommitChanges(from: old, to: new)
    }
}

/// The resources that one commit creates, changes and deletes.
struct CommitChanges {
    private(set) var resources: [ResourceChange] = []
    /// Files that cannot be read after it, with why.
    private(set) var problems: [String] = []

    init() {}

    init(from old: [ManifestFile], to new: [ManifestFile]) {
        func byID(_ files: [ManifestFile]) -> [ResourceID: Resource] {
            Dictionary(files.flatMap(\.resources).map { ($0.id, $0) }) { first, _ in first }
        }
        let (before, after) = (byID(old), byID(new))
        let undecodable = Set(new.flatMap(\.undecodable))
        resources = Set(before.keys).union(after.keys).sorted().compactMap { id in
            guard after[id] != nil || !undecodable.contains(id) else { return nil }
            return ResourceChange(id, from: before[id], to: after[id])
        }
        problems = new.flatMap { $0.problems.prefix(1) }.map { "\($0.span): \($0.message)" }
    }
}
