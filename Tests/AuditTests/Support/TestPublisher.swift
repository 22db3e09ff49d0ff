import Authorization
import GitRepository
import ManifestSource
import Manifests
import OverlayNetwork
import Reconciling
import SSHSignatures
import TestRepository
import Trust

/// Does what a controller does with every commit of main, by the same reconcilers: writes the state branch.
struct TestPublisher {
    let test: TestRepository
    var settings = StateSettings(pruneLimit: .standard, reservedNames: ["ctl.acme.example", "localhost"])
    var evidence = StateEvidence()
    /// By which main is judged; `nil`: nobody looks at signatures.
    var root: RootDocument?
    var approvals = Approvals()
    /// The controller's key; `nil`: nobody signs.
    var key: SSHPrivateKey?
    /// Left out as by a controller of before there were any.
    var writesSettings = true
    private let store: ManifestStore

    init(_ test: TestRepository) {
        self.test = test
        store = ManifestStore(repository: test.repository)
    }

    static let branch = "cvlan-state"

    private struct NoCommit: Error {}

    private func unaccepted(in main: ObjectID) async throws -> Unaccepted {
        guard let root else { return .none }
        var judge = HistoryJudge(root: RootAuthority(root), approvals: approvals)
        _ = try await judge.advance(to: main, in: test.repository)
        return Unaccepted(judge.accepted, in: judge.root.mode)
    }

    static func signer(_ key: SSHPrivateKey) -> @Sendable ([UInt8]) throws -> String {
        { try SSHSignature($0, by: key).armored }
    }

    /// Looks at the tip of main; gives the state commit, `nil` when there was nothing to commit.
    @discardableResult
    func publish(
        now: Int64 = 1_800_000_000, _ change: (inout PublishedState) -> Void = { _ in }
    ) async throws -> ObjectID? {
        let repository = test.repository
        guard let main = try await repository.tip(of: "main"), let source = SourceCommit("\(main)") else {
            throw NoCommit()
        }
        let commit = try await repository.commit(main)
        let tip = try await repository.tip(of: Self.branch)
        let previous = try await PublishedState(at: tip, in: repository)
        let survey = Reconciler.Survey(
            Reconciler.Input(
                tree: try await store.advance(to: main), commit: source,
                commitTime: Timestamp(secondsSince1970: commit.author.seconds), previous: previous,
                lastGood: try await LastGood(of: previous, in: repository, store).tenants,
                now: Timestamp(secondsSince1970: now), settings: settings, evidence: evidence,
                unaccepted: try await unaccepted(in: main)))
        let allowances = try await PruneAllowanceReader(repository).allowances(for: survey).allowances
        var reconciler = Reconciler()
        let output = reconciler.reconcile(survey, allowing: allowances)
        guard !output.change.isEmpty else { return nil }
        var next = output.change.next
        change(&next)
        var edits: [String: TreeEdit] = next.files.mapValues { .write($0) }
        for path in output.change.deletions { edits[path] = .remove }
        let author = Identity(
            name: "cvlan-controller", email: "controller@acme.example", seconds: commit.author.seconds)
        let trailers =
            [Trailer(key: "Source-Commit", value: "\(source)")] + (writesSettings ? settings.trailers : [])
        let state = try await repository.makeCommit(
            edits, onTreeOf: tip, parents: tip.map { [$0] } ?? [], author: author, committer: author,
            message: "state: \(next.height)\n\n"
                + trailers.map { "\($0.key): \($0.value)\n" }.joined(), signedBy: key.map(Self.signer))
        try test.setReference("refs/heads/" + Self.branch, to: "\(state)")
        return state
    }
}
