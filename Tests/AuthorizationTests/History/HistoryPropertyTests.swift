import Authorization
import GitRepository
import Manifests
import Testing

/// Histories of any shape, and what must hold of all of them.
struct HistoryPropertyTests {
    private func isOutstanding(_ name: String, _ state: AcceptedState) -> Bool {
        let isTenant = name == RandomHistory.tenant
        let id = ResourceID(kind: isTenant ? .tenant : .node, tenant: "acme", name: isTenant ? "acme" : name)
        return state.outstanding(ChangeKey(id)) != nil
    }

    /// However commits and merges are made: what is accepted on main was written by somebody who may write it, and nobody who
    /// may not brings an older version back.
    @Test(arguments: 0..<60) func whoHasNoRoleHasNoSay(_ seed: UInt64) async throws {
        var random = try RandomHistory(seed: seed, hasAttackers: true)
        var judge = try await random.test.judge(random.main)
        var accepted = Dictionary(uniqueKeysWithValues: RandomHistory.nodes.map { ($0, 0) })
        for _ in 0..<40 {
            let before = random.main
            try random.step()
            guard random.main != before else { continue }
            _ = try await judge.advance(to: random.main, in: random.test.history)
            for name in RandomHistory.nodes where !isOutstanding(name, judge.accepted) {
                let version = random.version(name, at: random.main)
                #expect(!random.forged.contains(version), "\(name) is forged")
                #expect(version >= accepted[name, default: 0], "\(name) went back")
                accepted[name] = version
            }
        }
    }

    /// And of those who may, nothing is refused.
    @Test(arguments: 0..<30) func whoHasTheRoleIsNeverRefused(_ seed: UInt64) async throws {
        var random = try RandomHistory(seed: seed, hasAttackers: false)
        for _ in 0..<40 { try random.step() }
        var judge = HistoryJudge(root: random.test.root)
        let verdicts = try await judge.advance(to: random.main, in: random.test.history)
        #expect(judge.accepted.names.isEmpty)
        #expect(verdicts.flatMap(\.refusals).isEmpty)
    }

    /// The fold, and a model that has of each commit the whole of what is accepted, and by definition nothing else.
    @Test(arguments: 0..<60, [false, true])
    func theFoldSaysWhatTheModelSays(_ seed: UInt64, _ hasRoles: Bool) async throws {
        var random = try RandomHistory(seed: seed, hasAttackers: true, hasRoles: hasRoles)
        var judge = try await random.test.judge(random.main)
        var seen = [random.main]
        for _ in 0..<30 {
            let before = random.main
            try random.step()
            guard random.main != before else { continue }
            seen.append(random.main)
            _ = try await judge.advance(to: random.main, in: random.test.history)
            var model = HistoryModel(random, mainLine: seen)
            let expected = model.outstanding(at: random.main)
            let found = random.names.filter { isOutstanding($0, judge.accepted) }
            #expect(found == expected, "at \(random.main.short)")
        }
    }
}
