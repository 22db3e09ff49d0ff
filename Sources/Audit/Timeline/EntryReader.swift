internal import Authorization
internal import GitRepository
internal import HashTreeCollections
internal import Manifests
internal import OverlayNetwork
internal import Plan

/// Reads what is told of single commits, when it is of interest.
struct EntryReader {
    private let repository: Repository
    private let standings: [ObjectID: CommitStanding]
    private let filter: AuditFilter
    private let gained: GainedCommits
    private var versions: TenantVersions
    private var walk: StateWalk
    private var last: StateStep?
    private var root: RootEntryReader

    init(_ repository: Repository, standings: [ObjectID: CommitStanding], filter: AuditFilter) {
        self.repository = repository
        self.standings = standings
        self.filter = filter
        gained = GainedCommits(repository)
        versions = TenantVersions(repository)
        walk = StateWalk(repository, versions.blobs)
        root = RootEntryReader(repository)
    }

    mutating func step(to commit: Commit) async throws -> StateStep { try await walk.step(to: commit) }

    /// The next publication is compared with this one.
    mutating func passed(_ step: StateStep) { last = step }

    // MARK: Main

    func changes(
        to tip: ObjectID, notIn base: ObjectID?, _ published: ChangeEntry.Published?
    ) async throws -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for commit in try await gained.commits(to: tip, notIn: base)
        where filter.contains(Timestamp(secondsSince1970: commit.committer.seconds)) {
            let changes = try await gained.changes(of: commit)
            let entry = ChangeEntry(
                commit: commit, standing: try await standing(of: commit), resources: changes.resources,
                problems: changes.problems, highlights: Highlight.all(in: changes.resources), published: published)
            if let entry = filter.narrowed(.change(entry)) { entries.append(entry) }
        }
        return entries
    }

    private func standing(of commit: Commit) async throws -> CommitStanding {
        if let known = standings[commit.id] { return known }
        let proof = CommitProof(ofCommit: try await repository.commitBytes(commit.id))
        return CommitStanding(proof: "\(proof)", fingerprint: proof.key?.fingerprint)
    }

    // MARK: State

    mutating func roots(_ step: StateStep) async throws -> [AuditEntry] {
        try await root.entries(step).map(AuditEntry.root).compactMap(filter.narrowed)
    }

    mutating func publication(_ step: StateStep) async throws -> AuditEntry? {
        guard filter.contains(step.inForce), filter.person == nil else { return nil }
        var tenants: [TenantPublication] = []
        for (name, networks) in step.changed.sorted(by: { $0.key < $1.key }) where filter.concerns(tenant: name) {
            tenants.append(try await tenant(name, networks, step))
        }
        let proof = CommitProof(ofCommit: try await repository.commitBytes(step.commit.id))
        return filter.narrowed(
            .publication(
                PublicationEntry(
                    commit: step.commit, height: step.height, source: step.source,
                    evaluationTime: step.evaluationTime, inForce: step.inForce, proof: "\(proof)", tenants: tenants)))
    }

    private mutating func tenant(
        _ name: String, _ networks: Set<String>, _ step: StateStep
    ) async throws -> TenantPublication {
        var old: TenantVersion?
        if let last { old = try await versions.tenant(name, at: last) }
        let new = try await versions.tenant(name, at: step)
        var plans: [NetworkPlan] = []
        var problem: String?
        do throws(NetworkErrors) {
            let images = (try Self.image(old, networks), try Self.image(new, networks))
            plans = networks.sorted().map { NetworkPlan($0, from: images.0, to: images.1) }.filter(\.hasChanges)
        } catch {
            problem = error.errors.map(\.description).joined(separator: "; ")
        }
        return TenantPublication(
            name: name, source: new?.state.sourceCommit.description, networks: plans,
            generations: Self.generations(from: old?.state, to: new?.state), problem: problem)
    }

    private static func image(
        _ version: TenantVersion?, _ networks: Set<String>
    ) throws(NetworkErrors) -> TenantImage? {
        try version?.image(networks)
    }

    private static func generations(
        from old: TenantState?, to new: TenantState?
    ) -> [TenantPublication.Generation] {
        let before = old?.nodeNames ?? []
        let after = new?.nodeNames ?? []
        return before.union(after).sorted().compactMap { node in
            let (published, now) = (old?.published(node), new?.published(node))
            guard published?.generation != now?.generation || published?.digest != now?.digest else { return nil }
            return TenantPublication.Generation(
                node: node, generation: now?.generation, digest: now?.digest.description)
        }
    }
}
