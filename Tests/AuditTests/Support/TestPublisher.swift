import GitRepository
import ManifestSource
import Manifests
import OverlayNetwork
import Reconciling
import TestRepository

/// Does what a controller does with every commit of main, by the same reconcilers: writes the state branch.
struct TestPublisher {
    let test: TestRepository
    var settings = StateSettings(pruneLimit: .standard, reservedNames: ["ctl.acme.example", "localhost"])
    /// Left out as by a controller of before there were any.
    var writesSettings = true
    private let store: ManifestStore

    init(_ test: TestRepository) {
        self.test = test
        store = ManifestStore(repository: test.repository)
    }

    static let branch = "cvlan-state"

    private struct NoCommit: Error {}

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
                now: Timestamp(secondsSince1970: now), settings: settings))
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
                + trailers.map { "\($0.key): \($0.value)\n" }.joined())
        try test.setReference("refs/heads/" + Self.branch, to: "\(state)")
        return state
    }
}
