import Authorization
import GitRepository
import Manifests
import SSHSignatures
import TestRepository
import Testing

/// Histories that are in git.
struct RepositoryHistoryTests {
    private let organization = Organization()

    private var root: RootAuthority { RootAuthority(superadmins: ["root": [organization.root.key]]) }

    private struct Step: Sendable {
        let edits: [String: String]
        /// By position in the list of steps.
        let parents: [Int]
        let signer: SSHPrivateKey?
        var words = "step"
    }

    /// The commits of all steps, made in one go.
    private func make(_ steps: [Step], in test: TestRepository) async throws -> [ObjectID] {
        try await test.repository.perform { repository in
            var made: [ObjectID] = []
            for (number, step) in steps.enumerated() {
                let author = Identity(name: "A", email: "a@example.org", seconds: 1_700_000_000 + Int64(number))
                let sign = step.signer.map { signer in
                    { @Sendable (payload: [UInt8]) in try SSHSignature(payload, by: signer).armored }
                }
                let parents = step.parents.map { made[$0] }
                made.append(
                    try repository.makeCommit(
                        step.edits.mapValues { .write($0) }, onTreeOf: parents.first, parents: parents, author: author,
                        committer: author, message: "\(step.words) \(number)\n", signedBy: sign))
            }
            return made
        }
    }

    @Test func mergesAndBranchesAreReadAsTheyAre() async throws {
        let test = try TestRepository()
        let laptop = [Organization.laptopPath: Organization.laptop()]
        let office = [Organization.officePath: Organization.office(mtu: 1400)]
        let commits = try await make(
            [
                Step(edits: organization.files, parents: [], signer: organization.root),
                Step(edits: office, parents: [0], signer: organization.bob),
                Step(edits: laptop, parents: [0], signer: organization.bob),
                Step(edits: laptop, parents: [1, 2], signer: nil),
                Step(
                    edits: ["x.yaml": Organization.manifest("Node", "acme", "spy", "networks: []")], parents: [2],
                    signer: nil),
                Step(
                    edits: ["x.yaml": Organization.manifest("Node", "acme", "spy", "networks: []")], parents: [3, 4],
                    signer: nil),
            ], in: test)
        var judge = HistoryJudge(root: root)
        let verdicts = try await judge.advance(to: commits[3], in: test.repository)
        #expect(verdicts.count == 4)
        #expect(verdicts.last?.base == commits[1])
        #expect(verdicts.last?.parents == [commits[1], commits[2]])
        #expect(judge.accepted.names.isEmpty)
        _ = try await judge.advance(to: commits[5], in: test.repository)
        #expect(judge.accepted.names == ["acme/Node/spy"])
        #expect(judge.accepted.outstanding.map(\.change.commit) == [commits[4]])
    }

    /// Whoever can push can make commits and files of any size, as many as they like: they are never in memory together.
    @Test func noMoreIsReadAtOnceThanMayBe() async throws {
        let test = try TestRepository()
        var steps = [Step(edits: organization.files, parents: [], signer: organization.root)]
        for number in 1..<12 {
            let office = [Organization.officePath: Organization.office(mtu: 1400 + number)]
            let laptop = [Organization.laptopPath: Organization.laptop("\(number)")]
            let main = steps.count - 1
            steps.append(Step(edits: office, parents: [main], signer: organization.bob))
            steps.append(Step(edits: laptop, parents: [main], signer: number == 7 ? nil : organization.bob))
            steps.append(Step(edits: laptop, parents: [main + 1, main + 2], signer: nil))
        }
        let commits = try await make(steps, in: test)
        var (all, one) = (HistoryJudge(root: root), HistoryJudge(root: root))
        let source = RepositoryHistory(test.repository, bytesAtOnce: 1)
        let pairs = zip(commits, commits.dropFirst()).map { TreePair(from: $0, to: $1) }
        let portion = try await source.deltas(pairs)
        #expect(portion.count == 1)
        let expected = try await all.advance(to: commits[commits.count - 1], in: test.repository)
        let verdicts = try await one.advance(to: commits[commits.count - 1], in: source)
        #expect(verdicts.map(\.commit) == expected.map(\.commit))
        #expect(verdicts.map(\.refusals) == expected.map(\.refusals))
        #expect(verdicts.flatMap(\.refusals).isEmpty == false)
        #expect(one.accepted.names == all.accepted.names)
    }

    @Test func aCommitThatIsTooLargeIsNobodys() async throws {
        let test = try TestRepository()
        let edits = [Organization.laptopPath: Organization.laptop()]
        let words = String(repeating: " ", count: 2 << 20)
        let commits = try await make(
            [
                Step(edits: organization.files, parents: [], signer: organization.root),
                Step(edits: edits, parents: [0], signer: organization.bob, words: words),
                Step(edits: ["README.md": "x"], parents: [1], signer: organization.bob),
            ], in: test)
        let objects = try await RepositoryHistory(test.repository).objects(commits)
        #expect(objects.map { $0 == nil } == [false, true, false])
        var judge = HistoryJudge(root: root)
        let verdicts = try await judge.advance(to: commits[2], in: test.repository)
        #expect(judge.accepted.names == ["acme/Node/laptop"])
        #expect(verdicts[1].proof == .tooLarge)
    }

    @Test func whatIsNoManifestIsNobodys() async throws {
        let test = try TestRepository()
        let commits = try await make(
            [
                Step(edits: organization.files, parents: [], signer: organization.root),
                Step(edits: ["README.md": "hello", ".github/x.yaml": "a: 1"], parents: [0], signer: nil),
            ], in: test)
        var judge = HistoryJudge(root: root)
        let verdicts = try await judge.advance(to: commits[1], in: test.repository)
        #expect(verdicts.last?.changes.isEmpty == true)
        #expect(judge.accepted.names.isEmpty)
    }

    @Test func aTreeIsAdoptedWithAllItsTenants() async throws {
        let test = try TestRepository()
        let commits = try await make(
            [
                Step(edits: organization.files, parents: [], signer: nil),
                Step(edits: [Organization.laptopPath: Organization.laptop()], parents: [0], signer: organization.bob),
            ], in: test)
        let adoption = Approvals.Adoption(key: organization.root.key)
        var judge = HistoryJudge(root: root, approvals: Approvals(adoptions: [commits[0]: [adoption]]))
        _ = try await judge.advance(to: commits[1], in: test.repository)
        #expect(judge.accepted.names.isEmpty)
        #expect(judge.accepted.roster.person(organization.beth.key, in: "beta")?.role == .admin)
    }

    /// More than are read at once, every fifth of them a merge.
    @Test func manySignedCommitsAndMergesAreAllowed() async throws {
        let test = try TestRepository()
        var steps = [Step(edits: organization.files, parents: [], signer: organization.root)]
        var main = 0
        while steps.count < 1_200 {
            let number = steps.count
            func node(_ offset: Int) -> [String: String] {
                let name = "n\((number + offset) % 100)"
                let spec = "networks: [{ cvlan: office }], endpoints: [\"192.0.2.1:\(1 + number)\"]"
                return ["tenants/acme/\(name).yaml": Organization.manifest("Node", "acme", name, spec)]
            }
            if number % 5 == 0 {
                steps.append(Step(edits: node(0), parents: [main], signer: organization.bob))
                steps.append(Step(edits: node(1), parents: [main], signer: organization.alice))
                steps.append(Step(edits: node(0), parents: [number + 1, number], signer: nil))
                main = number + 2
            } else {
                steps.append(Step(edits: node(0), parents: [main], signer: organization.bob))
                main = number
            }
        }
        let commits = try await make(steps, in: test)
        var judge = HistoryJudge(root: root)
        let verdicts = try await judge.advance(to: commits[main], in: test.repository)
        #expect(verdicts.count == main + 1)
        #expect(verdicts.flatMap(\.refusals).isEmpty)
    }
}
