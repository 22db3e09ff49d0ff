internal import Authorization
package import GitRepository
internal import Manifests
package import OverlayNetwork
package import Reconciling
package import Trust
internal import WireFormat

/// The `cvlan-state` branch: what the controller has decided. Every replica reads it and tries to extend it; git
/// decides who was first. Each commit is signed by the controllers' key for that, and nobody else's counts.
package struct StateBranch: Sendable {
    package let repository: Repository
    package let branch: String
    let trustDomain: TrustDomain
    let signer: CommitSigner
    /// From version 1 to the one in force.
    let roots: [TrustedRoot]
    let settings: StateSettings
    /// Where this controller has seen the branch.
    let seen: SeenTips

    package init(
        repository: Repository, branch: String, trustDomain: TrustDomain, signer: CommitSigner, roots: [TrustedRoot],
        settings: StateSettings, seen: SeenTips
    ) {
        self.repository = repository
        self.branch = branch
        self.trustDomain = trustDomain
        self.signer = signer
        self.roots = roots
        self.settings = settings
        self.seen = seen
    }

    /// Where this controller has seen the branch, all of it checked.
    var lastSeen: ObjectID? { seen[repository, branch] }

    /// The state at a commit of the branch, which has to be `checked`; without one, nothing was ever published.
    package func read(at tip: ObjectID?) async throws -> PublishedState {
        try await PublishedState(at: tip, in: repository)
    }

    /// What this controller has to add to it for whoever checks it.
    var evidence: StateEvidence {
        get throws {
            let documents = try roots.map { ($0.document.version, try $0.envelope.serializedBytes() as [UInt8]) }
            return StateEvidence(roots: Dictionary(documents) { first, _ in first })
        }
    }

    /// Checks what is new on the branch since this controller last saw it: all of it the controllers' own, on top of what
    /// was there.
    /// - Throws: `ReconcileError`, with what to do; nothing of a branch may be used for which it throws.
    package func check(_ tip: ObjectID?) async throws {
        let known = seen[repository, branch]
        guard tip != known else { return }
        guard let tip else { throw wentBack(from: known, to: nil) }
        let limit = repository.limits.walkedCommits
        let isForward = await repository.perform { repository in
            // What was seen may be gone from the repository altogether.
            known.map { (try? repository.isAncestor($0, of: tip)) ?? false } ?? true
        }
        guard isForward else { throw wentBack(from: known, to: tip) }
        let new = try await repository.perform { repository in
            // What was seen last comes first: no key that had been replaced by then signs what follows.
            let commits =
                try repository.history(of: tip, notIn: known, limit: limit)
                + (known.map { [try repository.commit($0)] } ?? [])
            return try commits.reversed().map { ($0, try repository.commitBytes($0.id)) }
        }
        var signatures = StateSignatures(roots.map(\.document))
        for (commit, object) in new {
            do throws(StateSignatures.Refusal) {
                try signatures.take(object, parents: commit.parents.count)
            } catch {
                if let newer = await newerRoot(at: tip, vouchingFor: new.map { ($0.1, $0.0.parents.count) }) {
                    throw outdated(commit.id, newer)
                }
                throw forged(commit.id, "\(error)", known)
            }
        }
        try seen.remember(tip, repository, branch)
    }

    /// A root document that follows from this controller's own, on the branch, and with which all of these commits are the
    /// controllers'. Another replica has it already.
    private func newerRoot(
        at tip: ObjectID, vouchingFor commits: [(object: [UInt8], parents: Int)]
    ) async -> RootDocument? {
        let files = try? await repository.perform { repository in
            try repository.entries(of: tip, in: "roots").compactMap { entry -> (UInt64, [UInt8])? in
                guard case .rootDocument(let version)? = StateFile(path: entry.path), entry.isFile else { return nil }
                return (version, try repository.blob(entry.id, limit: Self.largestRoot))
            }
        }
        let envelopes = Dictionary(files ?? []) { first, _ in first }
        var chain = roots
        while let last = chain.last, let bytes = envelopes[last.document.version &+ 1],
            let envelope = try? WireEnvelope(serializedBytes: bytes), let next = try? last.updated(with: envelope),
            next != last
        {
            chain.append(next)
        }
        guard chain.count > roots.count else { return nil }
        var signatures = StateSignatures(chain.map(\.document))
        for commit in commits {
            guard (try? signatures.take(commit.object, parents: commit.parents)) != nil else { return nil }
        }
        return chain.last?.document
    }

    private static let largestRoot = 1 << 20

    private func outdated(_ commit: ObjectID, _ newer: RootDocument) -> ReconcileError {
        ReconcileError(
            .waiting(after: .seconds(30)),
            "the commit \(commit.short) of \(branch) is signed under root document \(newer.version), which another controller "
                + "has put into force; this one has \(roots.last?.document.version ?? 0). What is published stays. Copy keys/, "
                + "ca.pem and roots/ from that controller")
    }

    private func forged(_ commit: ObjectID, _ reason: String, _ known: ObjectID?) -> ReconcileError {
        let back =
            known.map { "push \(branch) back to \($0)" } ?? "delete \(branch), or push it back to before that commit"
        return ReconcileError(
            .stalled,
            "the commit \(commit.short) of \(branch) is no controller's: \(reason). What is published stays. Find out who "
                + "pushed it, then \(back)")
    }

    private func wentBack(from known: ObjectID?, to tip: ObjectID?) -> ReconcileError {
        let known = known.map { "\($0)" } ?? "nothing"
        return ReconcileError(
            .stalled,
            "\(branch) went back: this controller has seen it at \(known), and now it is "
                + "\(tip.map { "at \($0.short)" } ?? "gone"). What is published stays. Push \(known) to \(branch) again; any "
                + "replica's mirror has it")
    }

    /// Writes the next state onto `tip` and moves the branch there for everyone.
    ///
    /// The commit holds nothing that another replica would write differently, so two of them make the same id. Its
    /// trailers are what, with its tree and main, it takes to compute the state again: `Source-Commit`, the commit of main
    /// that it was made from; `Evaluation-Time`, what `expires` was compared with; and those of `StateSettings`.
    /// - Throws: `GitError` `.moved` or `.rejected` when another replica was first.
    package func publish(_ change: StateChange, onto tip: ObjectID?, sourceTime: Int64) async throws -> ObjectID {
        guard let source = change.next.sourceCommit else {
            throw GitError(.invalid, "a state without a source commit")
        }
        // Whoever makes a commit says when: a time that cannot be written must not stop what others publish.
        let times = Identity.writtenSeconds
        let author = Identity(
            name: "cvlan-controller", email: "controller@\(trustDomain)",
            seconds: min(max(sourceTime, times.lowerBound), times.upperBound))
        let message = """
            state: \(change.next.height) from \(source.description.prefix(12))

            Source-Commit: \(source)
            Evaluation-Time: \(change.next.evaluationTime)
            \(settings.trailers.map { "\($0.key): \($0.value)" }.joined(separator: "\n"))

            """
        var edits: [String: TreeEdit] = change.writes.mapValues { .write($0) }
        for path in change.deletions { edits[path] = .remove }
        let commit = try await repository.makeCommit(
            edits, onTreeOf: tip, parents: tip.map { [$0] } ?? [], author: author, committer: author, message: message,
            signedBy: signer.sign)
        try await repository.publish(commit, to: branch, replacing: tip)
        try seen.remember(commit, repository, branch)
        return commit
    }
}
