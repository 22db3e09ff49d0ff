import Manifests
import OverlayNetwork
import Testing

@Suite struct StateChangeTests {
    private func manifests() throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24")
        try manifests.addNetwork("lab", "10.1.0.0/24")
        try manifests.addNode("a", in: ["office"])
        try manifests.addNode("b", in: ["lab"])
        return manifests
    }

    private func change(_ previous: PublishedState, _ tenants: [String: TenantState], _ number: Int) throws
        -> StateChange
    {
        StateChange(from: previous, tenants: tenants, sourceCommit: try commit(number), evaluationTime: noon)
    }

    @Test func theFirstStateWritesEverything() throws {
        let change = try change(.none, ["acme": try manifests().compile().state], 1)
        #expect(change.next.height == 1)
        #expect(change.writes == change.next.files)
        #expect(
            change.writes.keys.sorted() == [
                "state.json", "tenants/acme/cvlans/lab.json", "tenants/acme/cvlans/office.json",
                "tenants/acme/tenant.json",
            ])
    }

    @Test func nothingNewIsNoStateCommit() throws {
        let state = try manifests().compile().state
        let first = try change(.none, ["acme": state], 1)
        let second = try change(first.next, ["acme": state], 2)
        #expect(second.isEmpty && second.writes.isEmpty && second.deletions.isEmpty)
        #expect(second.next == first.next)
    }

    @Test func newEvidenceIsKeptAtOnceAndForEver() throws {
        let state = try manifests().compile().state
        let first = StateChange(
            from: .none, tenants: ["acme": state], sourceCommit: try commit(1), evaluationTime: noon,
            evidence: StateEvidence(roots: [1: [1]]))
        #expect(first.writes["roots/1.dsse"] == [1])
        let approved = StateEvidence(roots: [1: [9], 2: [2]], approvals: [try commit(1): [7]])
        let second = StateChange(
            from: first.next, tenants: ["acme": state], sourceCommit: try commit(2), evaluationTime: noon,
            evidence: approved)
        // A root that is there stays as it is.
        #expect(second.writes.keys.sorted() == ["approvals/\(try commit(1))", "roots/2.dsse", "state.json"])
        #expect(second.next.height == 2)
        #expect(second.next.evidence.roots == [1: [1], 2: [2]])
        let third = try change(second.next, ["acme": state], 3)
        #expect(third.isEmpty)
        let fourth = try change(second.next, [:], 4)
        #expect(fourth.next.evidence == second.next.evidence)
        #expect(fourth.deletions.allSatisfy { $0.hasPrefix("tenants/") })
        #expect(try PublishedState(files: second.next.files.map { (path: $0.key, bytes: $0.value) }) == second.next)
    }

    @Test(arguments: ["roots/0.dsse", "roots/01.dsse", "roots/+1.dsse", "roots/1", "roots/a.dsse", "approvals/1234"])
    func whatIsNamedOtherwiseIsNoEvidence(path: String) throws {
        #expect(StateFile(path: path) == nil)
    }

    @Test func onlyChangedFilesAreWritten() throws {
        var manifests = try manifests()
        let first = try change(.none, ["acme": try manifests.compile().state], 1)
        try manifests.addNode("c", in: ["lab"])
        let compiled = try manifests.compile(after: first.next.tenants["acme"], height: 2)
        let second = try change(first.next, ["acme": compiled.state], 2)
        #expect(second.next.height == 2)
        #expect(
            second.writes.keys.sorted() == ["state.json", "tenants/acme/cvlans/lab.json", "tenants/acme/tenant.json"])
        #expect(second.plan.description.contains("+ node acme/lab/c\n    addresses: [10.1.0.2]"))
        #expect(second.plan.description.contains("    generation: 1 → 2"))
    }

    @Test func whatIsGoneIsDeleted() throws {
        var manifests = try manifests()
        let first = try change(
            .none, ["acme": try manifests.compile().state, "other": try manifests.compile().state], 1)
        manifests.cvlans["lab"] = nil
        manifests.nodes["b"] = nil
        let compiled = try manifests.compile(after: first.next.tenants["acme"], height: 2)
        let second = try change(first.next, ["acme": compiled.state], 2)
        #expect(
            second.deletions == [
                "tenants/acme/cvlans/lab.json", "tenants/other/cvlans/lab.json", "tenants/other/cvlans/office.json",
                "tenants/other/tenant.json",
            ])
    }

    /// Writing and deleting what a change says turns the files of one state into those of the next.
    @Test func changesCarryOneStateToTheNext() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var tenant = try RandomTenant(seed: seed, policies: false)
            var state = PublishedState.none
            var files: [String: [UInt8]] = [:]
            for number in 1...15 {
                let before = tenant
                tenant.edit()
                guard
                    let compiled = try? tenant.manifests.compile(
                        after: state.tenants["acme"], height: state.height + 1)
                else {
                    tenant.revert(to: before)
                    continue
                }
                let change = try change(state, ["acme": compiled.state], number)
                change.deletions.forEach { files[$0] = nil }
                files.merge(change.writes) { $1 }
                state = change.next
                #expect(files == state.files, "seed \(seed)")
                #expect(try PublishedState(files: files.map { (path: $0.key, bytes: $0.value) }) == state)
            }
        }
    }
}
