import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Testing

/// Commits one after the other: what each may change by the roles before it, and what becomes of what it may not.
struct LinearHistoryTests {
    private let laptop = [Organization.laptopPath: Organization.laptop()]

    @Test func whatIsAllowedIsAccepted() async throws {
        var test = try TestHistory()
        let tip = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let judge = try await test.judge(tip)
        #expect(!judge.accepted.isOutstanding)
        #expect(judge.accepted.heldBack.isEmpty)
    }

    @Test func everyVerdictSaysWhoDidWhatAndAsWhat() async throws {
        var test = try TestHistory()
        let tip = try test.commit(laptop, on: test.first, by: test.organization.bob)
        var judge = HistoryJudge(root: test.root)
        let verdicts = try await judge.advance(to: tip, in: test.history)
        #expect(verdicts.map(\.commit) == [test.first, tip])
        #expect(verdicts.map(\.base) == [nil, test.first])
        #expect(verdicts.map(\.isOnMain) == [true, true])
        #expect(verdicts.map(\.proof.key) == [test.organization.root.key, test.organization.bob.key])
        #expect(verdicts.last?.people == ["acme": Roster.Person(name: "bob", role: .member)])
        #expect(verdicts.last?.changes.tenants["acme"]?.map(\.description) == ["creating acme/Node/laptop"])
        #expect(verdicts.last?.refusals.isEmpty == true)
        #expect(verdicts.last?.judgement?.tenants == ["acme": .allowed])
    }

    @Test func whoeverHasNoRoleChangesNothing() async throws {
        var test = try TestHistory()
        let signers = [nil, test.organization.stranger, test.organization.rita, test.organization.beth]
        for signer in signers {
            let tip = try test.commit(laptop, on: test.first, by: signer)
            let found1 = try await test.outstanding(tip)
            #expect(found1 == ["acme/Node/laptop"])
        }
    }

    @Test func aSignatureOfAnotherCommitProvesNothing() async throws {
        var test = try TestHistory()
        let signed = try test.commit(
            [Organization.officePath: Organization.office(mtu: 1400)], on: test.first, by: test.organization.bob)
        let forged = try test.commit(laptop, on: signed, by: nil)
        let other = try #require(test.history.entries[signed])
        let signature = try SignedCommit(other.object).signature ?? []
        try test.history.replaceObject(of: forged) { payload in
            SignedCommit.object(payload, signature: String(decoding: signature, as: UTF8.self)) ?? []
        }
        var judge = HistoryJudge(root: test.root)
        let verdict = try #require(try await judge.advance(to: forged, in: test.history).last)
        #expect(verdict.proof == .invalid(.wrongSignature))
        #expect(judge.accepted.names == ["acme/Node/laptop"])
    }

    @Test func aMemberCannotChangeTheTenant() async throws {
        var test = try TestHistory()
        let tip = try test.commit(
            [Organization.tenantPath: test.organization.acme(["bob": "admin"])], on: test.first,
            by: test.organization.bob)
        let judge = try await test.judge(tip)
        #expect(judge.accepted.names == ["Tenant/acme"])
        #expect(judge.accepted.outstanding(in: "acme").map(\.commit) == [tip])
        #expect(judge.accepted.heldBack == ["acme"])
        #expect(judge.accepted.outstanding(in: "beta").isEmpty)
    }

    /// A declaration of it elsewhere, which nobody has accepted, does not make it new.
    @Test func whoHasATenantDeclaredTwiceFirstCannotDeleteItEither() async throws {
        var test = try TestHistory()
        let second = "tenants/acme/second.yaml"
        let twice = try test.commit(
            [second: test.organization.acme(["bob": "admin"])], on: test.first, by: nil)
        let tip = try test.commit(
            [second: nil, Organization.tenantPath: nil], on: twice, by: test.organization.alice)
        let judge = try await test.judge(tip)
        #expect(judge.accepted.names == ["Tenant/acme"])
        let refusals = judge.accepted.outstanding(in: "acme").flatMap(\.refusals)
        #expect(refusals.map(\.change.action) == [.delete])
        #expect(refusals.map(\.needed) == [.superadmin])
        #expect(judge.accepted.roster.hasTenant("acme"))
    }

    @Test func whoPromotesThemselvesHasNoMoreAfterIt() async throws {
        var test = try TestHistory()
        let bob = test.organization.bob
        let promoted = try test.commit(
            [Organization.tenantPath: test.organization.acme(["bob": "admin"])], on: test.first, by: bob)
        let used = try test.commit(
            [Organization.tenantPath: test.organization.acme(["bob": "admin", "alice": nil])], on: promoted, by: bob)
        let judge = try await test.judge(used)
        #expect(judge.accepted.roster.person(bob.key, in: "acme")?.role == .member)
        #expect(judge.accepted.roster.person(test.organization.alice.key, in: "acme")?.role == .admin)
        #expect(judge.accepted.outstanding(in: "acme").map(\.commit) == [used])
    }

    @Test func aRoleThatIsRefusedIsOfNoUse() async throws {
        var test = try TestHistory()
        let given = try test.commit(
            [Organization.tenantPath: test.organization.acme(["rita": "member"])], on: test.first,
            by: test.organization.bob)
        let used = try test.commit(laptop, on: given, by: test.organization.rita)
        let found2 = try await test.outstanding(used)
        #expect(found2 == ["Tenant/acme", "acme/Node/laptop"])
    }

    @Test func aRoleThatIsGivenHoldsFromTheNextCommitOn() async throws {
        var test = try TestHistory()
        let given = try test.commit(
            [Organization.tenantPath: test.organization.acme(["rita": "member"])], on: test.first,
            by: test.organization.alice)
        let used = try test.commit(laptop, on: given, by: test.organization.rita)
        let found3 = try await test.outstanding(used)
        #expect(found3.isEmpty)
        var both = [Organization.tenantPath: test.organization.acme(["rita": "member"])]
        both.merge(laptop) { $1 }
        let atOnce = try test.commit(both, on: test.first, by: test.organization.rita)
        let found4 = try await test.outstanding(atOnce)
        #expect(found4 == ["Tenant/acme", "acme/Node/laptop"])
    }

    @Test func aRoleThatIsTakenIsGone() async throws {
        var test = try TestHistory()
        let taken = try test.commit(
            [Organization.tenantPath: test.organization.acme(["bob": nil])], on: test.first, by: test.organization.alice
        )
        let used = try test.commit(laptop, on: taken, by: test.organization.bob)
        let found5 = try await test.outstanding(used)
        #expect(found5 == ["acme/Node/laptop"])
    }

    @Test func anAdminOfOneTenantIsNobodyInAnother() async throws {
        var test = try TestHistory()
        // In her own folder, and next to her own manifest.
        let text =
            Organization.manifest("Node", "acme", "spy", "networks: [{ cvlan: office }]") + "---\n"
            + Organization.manifest("Node", "beta", "bench", "networks: [{ cvlan: lab }]")
        let tip = try test.commit(["tenants/beta/nodes.yaml": text], on: test.first, by: test.organization.beth)
        let judge = try await test.judge(tip)
        #expect(judge.accepted.names == ["acme/Node/spy"])
        #expect(judge.accepted.heldBack == ["acme"])
    }

    @Test func aTenantThatIsRenamedIsOneThatGoesAndOneThatNobodyKnows() async throws {
        var test = try TestHistory()
        let renamed = test.organization.acme().replacing("name: acme", with: "name: newco")
        let tip = try test.commit([Organization.tenantPath: renamed], on: test.first, by: test.organization.alice)
        let node = Organization.manifest("Node", "newco", "laptop", "networks: []")
        let next = try test.commit(["n.yaml": node], on: tip, by: test.organization.alice)
        let judge = try await test.judge(next)
        #expect(judge.accepted.names == ["Tenant/acme", "Tenant/newco", "newco/Node/laptop"])
        #expect(judge.accepted.roster.hasTenant("acme"))
        #expect(!judge.accepted.roster.hasTenant("newco"))
        #expect(judge.accepted.outstanding(in: "acme").first?.accepted?.kind == .tenant)
    }

    @Test func whatIsMovedIsNotChanged() async throws {
        var test = try TestHistory()
        let office = try #require(test.organization.files[Organization.officePath])
        let tip = try test.commit(
            [Organization.officePath: nil, "elsewhere/all.yaml": "# moved\n" + office], on: test.first, by: nil)
        let found6 = try await test.outstanding(tip)
        #expect(found6.isEmpty)
    }

    @Test func aFileThatNobodyCanReadHoldsItsOwnersBackUntilItIsMended() async throws {
        var test = try TestHistory()
        let printer = try #require(test.organization.files["tenants/acme/printer.yaml"])
        let broken = try test.commit(
            ["tenants/acme/printer.yaml": "a: [\n"], on: test.first, by: test.organization.beth)
        let names = ["acme/Node/printer", "tenants/acme/printer.yaml of acme"]
        let found7 = try await test.outstanding(broken)
        #expect(found7 == names)
        let mended = try test.commit(["tenants/acme/printer.yaml": printer], on: broken, by: nil)
        let found8 = try await test.outstanding(mended)
        #expect(found8.isEmpty)
        let moved = try test.commit(
            ["tenants/acme/printer.yaml": nil, "tenants/acme/z.yaml": "a: [\n"], on: broken, by: nil)
        let found9 = try await test.outstanding(moved)
        #expect(found9 == ["acme/Node/printer", "tenants/acme/z.yaml of acme"])
        let gone = try test.commit(["tenants/acme/printer.yaml": nil], on: broken, by: nil)
        let found10 = try await test.outstanding(gone)
        #expect(found10 == ["acme/Node/printer"])
    }

    @Test func aTenantThatItsAdminBreaksKeepsItsPeople() async throws {
        var test = try TestHistory()
        let broken = test.organization.acme().replacing("role: member", with: "roll: member")
        let tip = try test.commit([Organization.tenantPath: broken], on: test.first, by: test.organization.alice)
        let judge = try await test.judge(tip)
        #expect(judge.accepted.names.isEmpty)
        #expect(judge.accepted.roster.person(test.organization.alice.key, in: "acme")?.role == .admin)
        let mended = try test.commit(
            [Organization.tenantPath: test.organization.acme(["bob": nil])], on: tip, by: test.organization.alice)
        let after = try await test.judge(mended)
        #expect(after.accepted.roster.person(test.organization.alice.key, in: "acme")?.role == .admin)
        #expect(after.accepted.roster.person(test.organization.bob.key, in: "acme") == nil)
    }

    // MARK: - What makes good

    @Test func whoeverTakesARefusedChangeBackMakesItGood() async throws {
        var test = try TestHistory()
        let before = try #require(test.organization.files[Organization.officePath])
        let bad = try test.commit([Organization.officePath: Organization.office(mtu: 1300)], on: test.first, by: nil)
        let other = try test.commit(laptop, on: bad, by: test.organization.bob)
        let found11 = try await test.outstanding(other)
        #expect(found11 == ["acme/CVLAN/office"])
        let reverted = try test.commit([Organization.officePath: before], on: other, by: nil)
        let found12 = try await test.outstanding(reverted)
        #expect(found12.isEmpty)
    }

    @Test func whoMayChangeAThingMakesItGoodByChangingIt() async throws {
        var test = try TestHistory()
        let bad = try test.commit([Organization.officePath: Organization.office(mtu: 1300)], on: test.first, by: nil)
        // Touching the file says nothing of what is in it.
        let touched = try test.commit(
            [Organization.officePath: "# looked at\n" + Organization.office(mtu: 1300)], on: bad,
            by: test.organization.bob)
        let found13 = try await test.outstanding(touched)
        #expect(found13 == ["acme/CVLAN/office"])
        let changed = try test.commit(
            [Organization.officePath: Organization.office(mtu: 1301)], on: bad, by: test.organization.bob)
        let found14 = try await test.outstanding(changed)
        #expect(found14.isEmpty)
    }

    @Test func aChangeOnTopOfARefusedOneIsJudgedFromWhatIsAccepted() async throws {
        var test = try TestHistory()
        // Deleting a tenant is a superadmin's; its admin, who writes it anew, only changes it.
        let deleted = try test.commit([Organization.tenantPath: nil], on: test.first, by: test.organization.alice)
        let found15 = try await test.outstanding(deleted)
        #expect(found15 == ["Tenant/acme"])
        let back = try test.commit(
            [Organization.tenantPath: test.organization.acme(["rita": nil])], on: deleted, by: test.organization.alice)
        let judge = try await test.judge(back)
        #expect(judge.accepted.names.isEmpty)
        #expect(judge.accepted.roster.person(test.organization.rita.key, in: "acme") == nil)
        var verdicts = HistoryJudge(root: test.root)
        let last = try await verdicts.advance(to: back, in: test.history).last
        #expect(last?.changes.tenants["acme"]?.map(\.description) == ["changing `spec.members[rita]` of Tenant/acme"])
    }

    // MARK: - Going on

    @Test func onlyNewCommitsAreRead() async throws {
        var test = try TestHistory()
        var tip = test.first
        for mtu in 1300..<1320 {
            tip = try test.commit(
                [Organization.officePath: Organization.office(mtu: mtu)], on: tip, by: test.organization.bob)
        }
        var judge = try await test.judge(tip)
        #expect(test.history.reads.take() == (21, 21))
        let found16 = try await judge.advance(to: tip, in: test.history)
        #expect(found16.isEmpty)
        #expect(test.history.reads.take() == (0, 0))
        let next = try test.commit(laptop, on: tip, by: test.organization.bob)
        let found17 = try await judge.advance(to: next, in: test.history)
        #expect(found17.map(\.commit) == [next])
        #expect(test.history.reads.take() == (1, 1))
    }

    @Test func goingOnComesToTheSameAsBeginningAnew() async throws {
        var test = try TestHistory()
        let bad = try test.commit([Organization.officePath: Organization.office(mtu: 1300)], on: test.first, by: nil)
        let good = try test.commit(laptop, on: bad, by: test.organization.bob)
        let once = try await test.judge(good)
        let steps = try await test.judge(test.first, bad, good)
        #expect(once.accepted.names == ["acme/CVLAN/office"])
        #expect(steps.accepted.names == once.accepted.names)
        #expect(steps.accepted(at: test.first)?.names == [])
    }

    @Test func superadminsOfANewRootJudgeWhatComesThen() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let gamma = ["g.yaml": organization.tenant("gamma", [])]
        let before = try test.commit(gamma, on: test.first, by: organization.root)
        let after = try test.commit(["h.yaml": organization.tenant("delta", [])], on: before, by: organization.root)
        var judge = try await test.judge(before)
        judge.root = RootAuthority(superadmins: ["other": [organization.stranger.key]])
        _ = try await judge.advance(to: after, in: test.history)
        #expect(judge.accepted.names == ["Tenant/delta"])
        let mended = try test.commit(
            ["h.yaml": organization.tenant("delta", [("beth", "admin", [organization.beth])])], on: after,
            by: organization.stranger)
        _ = try await judge.advance(to: mended, in: test.history)
        #expect(judge.accepted.names.isEmpty)
        // What is judged again is judged by the root of its time.
        judge.set(Approvals(approvals: [before: [Approvals.Approval(key: organization.bob.key, isRecorded: true)]]))
        let again = try await judge.advance(to: mended, in: test.history)
        #expect(again.map(\.commit) == [before, after, mended])
        #expect(judge.accepted.names.isEmpty)
    }
}
