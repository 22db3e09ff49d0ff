internal import GitRepository
internal import Manifests
internal import SSHSignatures
internal import Synchronization

/// Reads what is to be known of commits, many at once: signatures and manifests on all cores.
final class EvidenceReader<Source: HistorySource>: Sendable {
    let source: Source
    private let root: RootAuthority
    private let approvals: Approvals
    /// What people are now, as far as that is known without new approvals.
    private let present: Roster?
    private let keys: KeyCache
    /// Of commits with one parent, to judge them a second time for the merge that brings them.
    private let recent = Mutex(BoundedCache<ObjectID, CommitEvidence>(capacity: 4096))

    /// Commits whose manifests are in memory at once, at most.
    static var window: Int { 512 }
    /// What differs in a commit that is kept: of 4096 that is 128 MiB. Of larger ones it is read again.
    private static var keptByteCount: Int { 32 << 10 }

    init(
        source: Source, root: RootAuthority, approvals: Approvals, present: Roster?, keys: KeyCache
    ) {
        self.source = source
        self.root = root
        self.approvals = approvals
        self.present = present
        self.keys = keys
    }

    /// Of the first steps: of one at least, and of as many as may be in memory at once.
    func read(_ steps: some Collection<HistoryPlan.Step>) async throws -> [CommitEvidence] {
        try await read(
            steps.map { ($0.node, $0.isBeforeBeginning ? nil : TreePair(from: $0.base, to: $0.node.id)) })
    }

    /// Of commits that a merge brings, in windows; what was read lately is not read again. Of the first that are missing: of
    /// one at least, and of as many as may be in memory at once.
    func read(_ nodes: some Collection<CommitNode>) async throws -> [ObjectID: CommitEvidence] {
        var found = recent.withLock { recent in
            nodes.reduce(into: [:]) { $0[$1.id] = recent[$1.id] }
        }
        let missing = nodes.filter { found[$0.id] == nil }
        let read = try await read(
            missing.map { ($0, $0.parents.count > 1 ? nil : TreePair(from: $0.parents.first, to: $0.id)) })
        for evidence in read { found[evidence.node.id] = evidence }
        return found
    }

    private func read(_ all: [(node: CommitNode, pair: TreePair?)]) async throws -> [CommitEvidence] {
        guard !all.isEmpty else { return [] }
        let pairs = all.compactMap(\.pair)
        var deltas = try await pairs.isEmpty ? [] : source.deltas(pairs)[...]
        var left = deltas.count
        let wanted = all.prefix { wanted in
            guard wanted.pair != nil else { return true }
            left -= 1
            return left >= 0
        }
        let objects = try await source.objects(wanted.map(\.node.id))
        let proofs = Parallel.map(objects, fewest: 4) { [keys] object in
            object.map { CommitProof(ofCommit: $0, keys: keys) } ?? .tooLarge
        }
        var found: [CommitEvidence] = []
        found.reserveCapacity(wanted.count)
        for (wanted, proof) in zip(wanted, proofs) {
            let id = wanted.node.id
            let isEnrollment = proof.key.map(root.enrollmentKeys.contains) ?? false
            found.append(
                CommitEvidence(
                    node: wanted.node, proof: proof,
                    delta: wanted.pair == nil ? .none : deltas.popFirst() ?? .none,
                    enrollment: isEnrollment ? try await source.enrollment(of: id) : nil,
                    supporters: supporters(of: id, proof)))
        }
        recent.withLock { recent in
            // Of what is from before the beginning nobody has looked at what it changes.
            for (wanted, evidence) in zip(wanted, found)
            where wanted.pair != nil && wanted.node.parents.count <= 1
                && evidence.delta.byteCount <= Self.keptByteCount
            {
                recent[evidence.node.id] = evidence
            }
        }
        return found
    }

    private func supporters(of commit: ObjectID, _ proof: CommitProof) -> Supporters {
        let all = approvals.approvals[commit] ?? []
        return Supporters(
            signer: proof.key, approvers: all.filter(\.isRecorded).map(\.key),
            newApprovers: all.filter { !$0.isRecorded }.map(\.key), present: present)
    }
}
