import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Testing

/// What merges bring, and what they would bring in.
struct MergeTests {
    private let laptop = [Organization.laptopPath: Organization.laptop()]

    private func office(_ mtu: Int) -> [String: String?] { [Organization.officePath: Organization.office(mtu: mtu)] }

    /// Main with one more commit, after which a branch begins at the first.
    private func main(_ test: inout TestHistory) throws -> ObjectID {
        try test.commit(office(1400), on: test.first, by: test.organization.bob)
    }

    @Test func anUnsignedMergeOfWhatIsAllowedIsAllowed() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let branch = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let merge = try test.commit(on: main, branch, by: nil)
        var judge = HistoryJudge(root: test.root)
        let verdict = try #require(try await judge.advance(to: merge, in: test.history).last)
        #expect(judge.accepted.names.isEmpty)
        #expect(verdict.base == main)
        #expect(verdict.changes.tenants["acme"]?.map(\.description) == ["creating acme/Node/laptop"])
    }

    @Test func everyCommitThatMainGainsIsJudged() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        var branch = test.first
        for label in 1...5 {
            // One of many is nobody's.
            let signer = label == 3 ? test.organization.stranger : test.organization.bob
            let path = "tenants/acme/n\(label).yaml"
            let node = Organization.manifest("Node", "acme", "n\(label)", "networks: [{ cvlan: office }]")
            branch = try test.commit([path: node], on: branch, by: signer)
        }
        // Who merges does not stand for what is in it.
        let merge = try test.commit(on: main, branch, by: test.organization.alice)
        let judge = try await test.judge(merge)
        #expect(judge.accepted.names == ["acme/Node/n3"])
        let outstanding = try #require(judge.accepted.outstanding(in: "acme").first)
        #expect(test.history.entries[outstanding.commit]?.files["tenants/acme/n4.yaml"] == nil, "the culprit is named")
        #expect(outstanding.refusals.map(\.reason) == [.role(nil)])
    }

    @Test func whatABranchTakesBackItselfIsNotOutstanding() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let bad = try test.commit(laptop, on: test.first, by: nil)
        let gone = try test.commit([Organization.laptopPath: nil], on: bad, by: nil)
        let mended = try test.commit(
            [Organization.laptopPath: Organization.laptop("2")], on: bad, by: test.organization.bob)
        let merge1 = try test.commit(on: main, gone, by: nil)
        let found1 = try await test.outstanding(merge1)
        #expect(found1.isEmpty)
        let merge2 = try test.commit(on: main, mended, by: nil)
        let found2 = try await test.outstanding(merge2)
        #expect(found2.isEmpty)
    }

    @Test func whatAMergeSaysItselfIsItsSigners() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let branch = try test.commit(laptop, on: test.first, by: test.organization.bob)
        for (signer, isAllowed) in [(nil, false), (test.organization.stranger, false), (test.organization.bob, true)] {
            let evil = try test.commit(office(1280), on: main, branch, by: signer)
            let found3 = try await test.outstanding(evil)
            #expect(found3.isEmpty == isAllowed)
        }
        // Also what no parent has.
        let added = Organization.manifest("Node", "acme", "spy", "networks: [{ cvlan: office }]")
        let evil = try test.commit(["x.yaml": added], on: main, branch, by: nil)
        let found4 = try await test.outstanding(evil)
        #expect(found4 == ["acme/Node/spy"])
    }

    /// An old branch has an old version: a merge that takes it undoes what main did since.
    @Test func aMergeThatTakesMainsChangeBackIsItsSigners() async throws {
        var test = try TestHistory()
        let before = try #require(test.organization.files[Organization.officePath])
        let main = try main(&test)
        let branch = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let unsigned = try test.commit([Organization.officePath: before], on: main, branch, by: nil)
        let found5 = try await test.outstanding(unsigned)
        #expect(found5 == ["acme/CVLAN/office"])
        let signed = try test.commit([Organization.officePath: before], on: main, branch, by: test.organization.bob)
        let found6 = try await test.outstanding(signed)
        #expect(found6.isEmpty)
    }

    @Test func aConflictIsSettledByWhoeverSignsTheMerge() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let branch = try test.commit(office(1300), on: test.first, by: test.organization.bob)
        let merge3 = try test.commit(office(1300), on: main, branch, by: nil)
        let found7 = try await test.outstanding(merge3)
        #expect(found7 == ["acme/CVLAN/office"])
        let merge4 = try test.commit(office(1350), on: main, branch, by: test.organization.bob)
        let found8 = try await test.outstanding(merge4)
        #expect(found8.isEmpty)
        let merge5 = try test.commit(on: main, branch, by: nil)
        let found9 = try await test.outstanding(merge5)
        #expect(found9.isEmpty, "main's own version stays")
    }

    // MARK: - Roles

    @Test func whoIsRevokedCannotComeBackOnAnOldBranch() async throws {
        var test = try TestHistory()
        let revoked = try test.commit(
            [Organization.tenantPath: test.organization.acme(["bob": nil])], on: test.first, by: test.organization.alice
        )
        let branch = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let merge = try test.commit(on: revoked, branch, by: nil)
        let found10 = try await test.outstanding(merge)
        #expect(found10 == ["acme/Node/laptop"])
    }

    /// Whoever pushes such a merge as main would have main's roles be those of the branch.
    @Test func mainIsWhereItWasSeenWhateverAMergeCallsFirst() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let revoked = try test.commit(
            [Organization.tenantPath: organization.acme(["bob": nil])], on: test.first, by: organization.alice)
        let branch = try test.commit(laptop, on: test.first, by: organization.bob)
        let swapped = try test.commit(
            [Organization.tenantPath: organization.acme()], on: branch, revoked, by: organization.bob)
        let judge = try await test.judge(revoked, swapped)
        #expect(judge.accepted.names == ["Tenant/acme", "acme/Node/laptop"])
        #expect(judge.accepted.roster.person(organization.bob.key, in: "acme") == nil)
        // Going on from there, and in a branch that merged main itself.
        let next = try test.commit(laptop, on: swapped, by: organization.bob)
        let found11 = try await test.outstanding(revoked, next)
        #expect(found11 == ["Tenant/acme", "acme/Node/laptop"])
    }

    @Test func aMergeThatBeginsWithAnOldCommitOfMainIsJudgedByTheNewOne() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let revoked = try test.commit(
            [Organization.tenantPath: organization.acme(["bob": nil])], on: test.first, by: organization.alice)
        let edits = [Organization.tenantPath: organization.acme(), Organization.laptopPath: Organization.laptop()]
        let merge = try test.commit(edits, on: test.first, revoked, by: organization.bob)
        var judge = try await test.judge(test.first, revoked, merge)
        #expect(judge.accepted.names == ["Tenant/acme", "acme/Node/laptop"])
        // And so after it is judged again.
        judge.set(Approvals(approvals: [revoked: [Approvals.Approval(key: organization.alice.key)]]))
        _ = try await judge.advance(to: merge, in: test.history)
        #expect(judge.accepted.names == ["Tenant/acme", "acme/Node/laptop"])
    }

    @Test func aBranchThatMergesMainIsSeenFromMain() async throws {
        var test = try TestHistory()
        let older = try main(&test)
        let newer = try test.commit(office(1401), on: older, by: test.organization.bob)
        let branch = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let side = try test.commit(on: branch, older, by: nil)
        let merge = try test.commit(on: newer, side, by: nil)
        var judge = try await test.judge(newer)
        let verdicts = try await judge.advance(to: merge, in: test.history)
        #expect(verdicts.map(\.commit) == [branch, side, merge])
        #expect(verdicts.map(\.base) == [test.first, older, newer])
        #expect(verdicts.map(\.isOnMain) == [false, false, true])
        #expect(judge.accepted.names.isEmpty)
    }

    /// Whoever judges main later goes the way that it went.
    @Test func wherePlacesOfMainAreKnownItIsJudgedThroughThem() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let revoked = try test.commit(
            [Organization.tenantPath: organization.acme(["bob": nil])], on: test.first, by: organization.alice)
        let branch = try test.commit(laptop, on: test.first, by: organization.bob)
        let swapped = try test.commit(on: branch, revoked, by: organization.bob)
        let tip = try test.commit(office(1400), on: swapped, by: organization.alice)
        var judge = HistoryJudge(root: test.root)
        let verdicts = try await judge.advance(to: tip, through: [test.first, revoked, swapped], in: test.history)
        #expect(verdicts.last { $0.commit == swapped }?.base == revoked)
        #expect(judge.accepted.names == ["acme/Node/laptop"])
        #expect(judge.tip == tip)
        // Of places that are not on one way, each is gone to by itself.
        var other = HistoryJudge(root: test.root)
        let refusal = RewrittenHistory(last: branch, tip: revoked)
        await #expect(throws: refusal) {
            _ = try await other.advance(to: tip, through: [branch, revoked], in: test.history)
        }
        #expect(other.tip == branch)
    }

    @Test func whoeverPullsBeforePushingIsNotPunished() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let local = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let pulled = try test.commit(on: local, main, by: nil)
        var judge = try await test.judge(main)
        let verdicts = try await judge.advance(to: pulled, in: test.history)
        #expect(verdicts.last?.base == main)
        #expect(judge.accepted.names.isEmpty)
    }

    @Test func aRoleIsNotGivenAndUsedWithinOneBranch() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let given = try test.commit(
            [Organization.tenantPath: test.organization.acme(["rita": "member"])], on: test.first,
            by: test.organization.alice)
        let used = try test.commit(laptop, on: given, by: test.organization.rita)
        let merge = try test.commit(on: main, used, by: test.organization.alice)
        let judge = try await test.judge(merge)
        #expect(judge.accepted.names == ["acme/Node/laptop"])
        #expect(judge.accepted.roster.person(test.organization.rita.key, in: "acme")?.role == .member)
        let again = try test.commit(
            [Organization.laptopPath: Organization.laptop("2")], on: merge, by: test.organization.rita)
        let found12 = try await test.outstanding(again)
        #expect(found12.isEmpty)
    }

    @Test func aRoleThatCameAfterACommitIsNotItsSigners() async throws {
        var test = try TestHistory()
        let early = try test.commit(laptop, on: test.first, by: test.organization.rita)
        let given = try test.commit(
            [Organization.tenantPath: test.organization.acme(["rita": "member"])], on: test.first,
            by: test.organization.alice)
        let merge = try test.commit(on: given, early, by: nil)
        let found13 = try await test.outstanding(merge)
        #expect(found13 == ["acme/Node/laptop"])
    }

    // MARK: - Shapes

    @Test func anOctopusBringsWhatItsBranchesAllow() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let node = Organization.manifest("Node", "acme", "n1", "networks: [{ cvlan: office }]")
        let one = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let two = try test.commit(["tenants/acme/n1.yaml": node], on: test.first, by: test.organization.alice)
        let bad = try test.commit(["tenants/acme/n2.yaml": node.replacing("n1", with: "n2")], on: test.first, by: nil)
        let merge6 = try test.commit(on: main, one, two, by: nil)
        let found14 = try await test.outstanding(merge6)
        #expect(found14.isEmpty)
        let merge7 = try test.commit(on: main, one, two, bad, by: nil)
        let found15 = try await test.outstanding(merge7)
        #expect(found15 == ["acme/Node/n2"])
        let evil = try test.commit(office(1280), on: main, one, two, by: nil)
        let found16 = try await test.outstanding(evil)
        #expect(found16 == ["acme/CVLAN/office"])
    }

    @Test func moreParentsThanAreComparedExplainNothing() async throws {
        var test = try TestHistory()
        var parents = [try main(&test)]
        for number in 1...9 {
            let node = Organization.manifest("Node", "acme", "n\(number)", "networks: [{ cvlan: office }]")
            parents.append(try test.commit(["n\(number).yaml": node], on: test.first, by: test.organization.bob))
        }
        let unsigned = try test.history.commit(on: parents)
        let found17 = try await test.outstanding(unsigned)
        #expect(found17.count == 9)
        let signed = try test.history.commit(on: parents, by: test.organization.bob)
        let found18 = try await test.outstanding(signed)
        #expect(found18.isEmpty)
    }

    /// A branch that merges main and keeps its own old version has undone main's change: the merge of that branch parts from
    /// main only after it.
    @Test(arguments: [true, false]) func aBranchThatMergesMainCannotUndoItUnsigned(_ isMainFirst: Bool) async throws {
        var test = try TestHistory()
        let before = try #require(test.organization.files[Organization.officePath])
        let main = try main(&test)
        let branch = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let parents = isMainFirst ? [main, branch] : [branch, main]
        let undone = try test.history.commit([Organization.officePath: before], on: parents)
        let later = try test.commit(
            ["n.yaml": Organization.manifest("Node", "acme", "n", "networks: []")], on: main, by: test.organization.bob)
        for tips in [[], [main], [main, later]] as [[ObjectID]] {
            let merge = try test.commit([Organization.officePath: before], on: later, undone, by: nil)
            var judge = HistoryJudge(root: test.root)
            for tip in tips + [merge] { _ = try await judge.advance(to: tip, in: test.history) }
            #expect(judge.accepted.names == ["acme/CVLAN/office"])
        }
    }

    /// The same by way of a branch that main has merged: there is no commit of main itself in it that has the change.
    @Test func aBranchCannotUndoWhatMainHasOfAnotherBranch() async throws {
        var test = try TestHistory()
        let before = try #require(test.organization.files[Organization.officePath])
        let side = try test.commit(office(1400), on: test.first, by: test.organization.bob)
        let other = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let main = try test.commit(
            on: try test.commit(
                ["n.yaml": Organization.manifest("Node", "acme", "n", "networks: []")], on: test.first,
                by: test.organization.bob), side, by: nil)
        let more = try test.commit(
            ["m.yaml": Organization.manifest("Node", "acme", "m", "networks: []")], on: side, by: test.organization.bob)
        let undone = try test.history.commit([Organization.officePath: before], on: [other, more])
        let merge = try test.history.commit([Organization.officePath: before], on: [main, undone])
        let found19 = try await test.outstanding(main, merge)
        #expect(found19 == ["acme/CVLAN/office"])
    }

    @Test func crosswiseMergesExplainOnlyWhatAllOfThemAgreeOn() async throws {
        var test = try TestHistory()
        let before = try #require(test.organization.files[Organization.officePath])
        let left = try main(&test)
        let right = try test.commit(laptop, on: test.first, by: test.organization.bob)
        let leftMerged = try test.commit(on: left, right, by: nil)
        let rightMerged = try test.commit([Organization.officePath: before], on: right, left, by: nil)
        #expect(test.history.bases(leftMerged, rightMerged).count == 2)
        let merge = try test.commit([Organization.officePath: before], on: leftMerged, rightMerged, by: nil)
        let found20 = try await test.outstanding(left, leftMerged, merge)
        #expect(found20 == ["acme/CVLAN/office"])
        let signed = try test.commit(
            [Organization.officePath: before], on: leftMerged, rightMerged, by: test.organization.bob)
        let found21 = try await test.outstanding(left, leftMerged, signed)
        #expect(found21.isEmpty)
    }

    @Test func aHistoryWithoutACommonCommitExplainsNothing() async throws {
        var test = try TestHistory()
        let main = try main(&test)
        let alien = try test.history.commit(
            ["tenants/acme/printer.yaml": nil].merging(laptop.mapValues { $0 }) { $1 }, on: [])
        let merge = try test.history.commit(laptop.mapValues { $0 }, on: [main, alien])
        let found22 = try await test.outstanding(main, merge)
        #expect(found22 == ["acme/Node/laptop"])
        let signed = try test.history.commit(laptop.mapValues { $0 }, on: [main, alien], by: test.organization.bob)
        let found23 = try await test.outstanding(main, signed)
        #expect(found23.isEmpty)
    }
}
