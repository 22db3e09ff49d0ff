import Authorization
import GitRepository
import SSHSignatures
import TestRepository
import Testing

/// Main, judged again as it was judged at first.
struct PlacesOfMainTests {
    private func places(_ places: (ObjectID, UInt64)...) -> PlacesOfMain {
        PlacesOfMain(places.map { PlacesOfMain.Place(commit: $0, root: $1) })
    }

    @Test func eachRootJudgesWhatCameWhileItWasInForce() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let gamma = try test.commit(
            ["g.yaml": organization.tenant("gamma", [])], on: test.first, by: organization.root)
        let delta = try test.commit(["d.yaml": organization.tenant("delta", [])], on: gamma, by: organization.stranger)
        let late = try test.commit(["e.yaml": organization.tenant("epsilon", [])], on: delta, by: organization.root)
        let other = RootAuthority(superadmins: ["other": [organization.stranger.key]])
        var judge = HistoryJudge(root: other)
        let before = places((test.first, 1), (gamma, 1), (delta, 2))
        _ = try await judge.advance(through: before, roots: [1: test.root, 2: other], in: test.history)
        #expect(judge.tip == delta)
        #expect(judge.accepted.names.isEmpty)
        _ = try await judge.advance(to: late, in: test.history)
        #expect(judge.accepted.names == ["Tenant/epsilon"])
        // By one root alone, nobody knows whoever was superadmin before.
        let found1 = try await test.outstanding(late)
        #expect(found1 == ["Tenant/delta"])
    }

    /// Whoever lost a role could write that their word is old, and wait until somebody begins anew.
    @Test func whatNobodyRecordedIsWorthWhatPeopleAreNow() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let bad = try test.commit([Organization.laptopPath: Organization.laptop()], on: test.first, by: nil)
        let revoked = try test.commit(
            [Organization.tenantPath: organization.acme(["bob": nil])], on: bad, by: organization.alice)
        let other = RootAuthority(superadmins: ["other": [organization.stranger.key]])
        let roots: [UInt64: RootAuthority] = [1: test.root, 2: other]
        for (isRecorded, names) in [(false, ["acme/Node/laptop"]), (true, [])] {
            let all = [
                Approvals(approvals: [bad: [.init(key: organization.bob.key, isRecorded: isRecorded)]]),
                Approvals(approvals: [bad: [.init(key: organization.root.key, isRecorded: isRecorded)]]),
                Approvals(adoptions: [bad: [.init(key: organization.root.key, isRecorded: isRecorded)]]),
            ]
            for approvals in all {
                var judge = HistoryJudge(root: other, approvals: approvals)
                _ = try await judge.advance(through: places((bad, 1), (revoked, 2)), roots: roots, in: test.history)
                #expect(judge.tip == revoked)
                #expect(judge.accepted.names.filter { $0 != "Tenant/acme" } == names)
            }
        }
    }

    @Test func nobodyJudgesWhileARootSaysOff() async throws {
        var test = try TestHistory()
        let next = try test.commit([Organization.laptopPath: Organization.laptop()], on: test.first, by: nil)
        var off = test.root
        off.mode = .off
        var judge = HistoryJudge(root: test.root)
        let verdicts = try await judge.advance(
            through: places((test.first, 0), (next, 1)), roots: [1: off], in: test.history)
        #expect(verdicts.isEmpty)
        #expect(judge.tip == nil)
    }

    @Test func whatIsGoneOrWasReplacedIsPassedOver() async throws {
        var test = try TestHistory()
        let gone = try #require(ObjectID("0123456789012345678901234567890123456789"))
        let laptop = [Organization.laptopPath: Organization.laptop()]
        let old = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let new = try test.commit(laptop, on: test.first, by: test.organization.alice)
        var judge = HistoryJudge(root: test.root)
        _ = try await judge.advance(
            through: places((gone, 1), (old, 1), (new, 1)), roots: [1: test.root], in: test.history)
        #expect(judge.tip == new)
        #expect(judge.accepted.names.isEmpty)
    }

    @Test func theStateBranchSaysWhereMainWas() async throws {
        let test = try TestRepository()
        let one = try await test.commit(["a.yaml": "a: 1\n"])
        let two = try await test.commit(["a.yaml": "a: 2\n"])
        func state(_ source: String, _ files: [String: String?]) async throws -> ObjectID {
            try await test.commit(files, on: "cvlan-state", message: "state\n\nSource-Commit: \(source)\n")
        }
        _ = try await state("\(one)", ["state.json": "1"])
        _ = try await state("\(one)", ["roots/1.dsse": "r"])
        _ = try await state("\(one)", ["state.json": "2"])
        _ = try await state("nothing", ["state.json": "3"])
        let tip = try await state("\(two)", ["roots/2.dsse": "r", "roots/3.dsse": "r"])
        let found = try await PlacesOfMain(before: tip, in: test.repository)
        #expect(found == places((one, 0), (one, 1), (two, 3)))
    }
}
