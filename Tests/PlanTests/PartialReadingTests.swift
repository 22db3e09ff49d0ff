import GitRepository
import Manifests
import Plan
import TestRepository
import Testing

/// Of tenants with very many nodes only those are read that a change can concern: what a plan says is the same.
struct PartialReadingTests {
    private func text(_ plan: ChangePlan) -> [String] {
        TextPlan(plan).text.split(separator: "\n").map(String.init).filter { !$0.contains("cvlan lint looks at all") }
    }

    @Test(arguments: 100..<130) func planningFromAPartSaysWhatPlanningFromAllSays(seed: UInt64) async throws {
        let test = try TestRepository()
        var random = RandomRepository(seed: seed)
        var (old, files) = (try await test.commit(random.files), random.files)
        for _ in 0..<4 {
            random.change()
            let gone = files.keys.filter { random.files[$0] == nil }.map { ($0, String?.none) }
            let new = try await test.commit(
                Dictionary(uniqueKeysWithValues: gone).merging(random.files.mapValues { $0 }) { $1 })
            let range = try #require(PlanRange("\(old)..\(new)"))
            let whole = try await ChangePlanner(test.repository, at: now).plan(range)
            let part = try await ChangePlanner(test.repository, at: now, manyFiles: 0).plan(range)
            #expect(text(part) == text(whole))
            #expect(whole.tenants.allSatisfy { !$0.isPartlyRead })
            (old, files) = (new, random.files)
        }
    }

    @Test func aNodeThatIsDeclaredTwiceIsSeenInAPart() async throws {
        let test = try TestRepository()
        try await test.commit(Acme.files)
        try await test.commit(["again.yaml": Acme.node("rig", "office", labels: "app: x", key: "x")])
        let range = try #require(PlanRange("main~1..main"))
        let plan = try await ChangePlanner(test.repository, at: now, manyFiles: 0).plan(range)
        #expect(plan.tenants.first?.findings.map(\.code) == [.duplicateName])
        try await test.commit(["again.yaml": Acme.node("cid", "office", labels: "app: x", key: "r")])
        let other = try await ChangePlanner(test.repository, at: now, manyFiles: 0).plan(range)
        #expect(other.tenants.first?.findings.map(\.code) == [.sharedKey])
    }
}
