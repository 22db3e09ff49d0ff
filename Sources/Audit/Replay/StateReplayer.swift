package import GitRepository
internal import ManifestSource
internal import Manifests
internal import OverlayNetwork
package import Reconciling

/// Computes again what state commits say, from what they say they were made from. States that are replayed in their order
/// cost what they change.
package struct StateReplayer: Sendable {
    private let repository: Repository
    private let store: ManifestStore
    private var reconciler = Reconciler()
    /// What was last read: the state of a commit, and what is in force in it.
    private var last: (commit: ObjectID, state: PublishedState, inForce: [String: TenantController.InForce])?

    package init(_ repository: Repository) {
        self.repository = repository
        store = ManifestStore(repository: repository)
    }

    /// - Parameter unaccepted: of the commit of main, as its signatures were judged when the state was made.
    /// - Throws: what cannot be read: a state that was changed by hand, a commit that is not there.
    package mutating func replay(_ commit: Commit, without unaccepted: Unaccepted) async throws -> StateReplay {
        let recorded = try await PublishedState(at: commit.id, in: repository)
        guard let sourceText = recorded.sourceCommit, let source = ObjectID(sourceText.description) else {
            throw AuditError("\(commit.id.short) is no state commit: it names no commit of main")
        }
        guard commit.parents.count <= 1 else {
            throw AuditError("\(commit.id.short) is no state commit of a controller: it has several parents")
        }
        let previous = try await state(before: commit)
        let sourceCommit: Commit
        do {
            sourceCommit = try await repository.commit(source)
        } catch {
            throw AuditError(
                "the commit \(source) that \(commit.id.short) was made from is not there"
                    + (repository.isShallow ? ": the clone is shallow, git fetch --unshallow" : ": \(error.message)"))
        }
        let tree = try await store.advance(to: source)
        let known = last?.commit == commit.parents.first ? last?.inForce ?? [:] : [:]
        let lastGood = try await LastGood(of: previous, knowing: known, in: repository, store)
        let settings = StateSettings(of: commit)
        // Of all times at which a controller could have made it, the one that it names gives the same.
        let survey = Reconciler.Survey(
            Reconciler.Input(
                tree: tree, commit: sourceText,
                commitTime: Timestamp(secondsSince1970: sourceCommit.author.seconds), previous: previous,
                lastGood: lastGood.tenants, now: recorded.evaluationTime, settings: settings ?? StateSettings(),
                evidence: recorded.evidence, unaccepted: unaccepted,
                isPlace: previous.sourceCommit != recorded.sourceCommit))
        let allowances = try await PruneAllowanceReader(repository).allowances(for: survey).allowances
        let output = reconciler.reconcile(survey, allowing: allowances)
        last = (commit.id, recorded, output.inForce)
        return StateReplay(
            commit: commit, source: sourceCommit, sourceText, previous: previous, recorded: recorded,
            output: output, settings: settings)
    }

    private func state(before commit: Commit) async throws -> PublishedState {
        if let last, last.commit == commit.parents.first { return last.state }
        return try await PublishedState(at: commit.parents.first, in: repository)
    }
}
