import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Testing

/// What people say of commits afterwards.
struct ApprovalTests {
    private let laptop = [Organization.laptopPath: Organization.laptop()]

    private func approved(_ commit: ObjectID, by people: SSHPrivateKey..., isRecorded: Bool = false) -> Approvals {
        Approvals(approvals: [commit: people.map { Approvals.Approval(key: $0.key, isRecorded: isRecorded) }])
    }

    @Test func whoeverMayMakeAChangeMakesItGood() async throws {
        var test = try TestHistory()
        let bad = try test.commit(laptop, on: test.first, by: test.organization.stranger)
        let tip = try test.commit(
            [Organization.officePath: Organization.office(mtu: 1400)], on: bad, by: test.organization.bob)
        let found1 = try await test.outstanding(tip, approvals: approved(bad, by: test.organization.bob))
        #expect(found1.isEmpty)
        for nobody in [test.organization.rita, test.organization.beth, test.organization.stranger] {
            let found2 = try await test.outstanding(tip, approvals: approved(bad, by: nobody))
            #expect(found2 == ["acme/Node/laptop"])
        }
        let found3 = try await test.outstanding(tip, approvals: approved(tip, by: test.organization.bob))
        #expect(
            found3 == ["acme/Node/laptop"]
        )
    }

    @Test func whatTwoMustStandForIsOutstandingUntilTheyDo() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let two = try test.commit(
            [Organization.tenantPath: organization.acme(approvals: 2)], on: test.first, by: organization.alice)
        let tip = try test.commit(laptop, on: two, by: organization.bob)
        let judge = try await test.judge(tip)
        #expect(
            judge.accepted.outstanding(in: "acme").flatMap(\.refusals).map(\.reason) == [.tooFewApprovals(1, of: 2)])
        let found4 = try await test.outstanding(tip, approvals: approved(tip, by: organization.bobsOther))
        #expect(
            found4 == [
                "acme/Node/laptop"
            ])
        let found5 = try await test.outstanding(tip, approvals: approved(tip, by: organization.alice))
        #expect(found5.isEmpty)
        // Nobody lowers it alone.
        let lowered = try test.commit(
            [Organization.tenantPath: organization.acme(approvals: 1)], on: two, by: organization.alice)
        let used = try test.commit(laptop, on: lowered, by: organization.bob)
        let found6 = try await test.outstanding(used)
        #expect(found6 == ["Tenant/acme", "acme/Node/laptop"])
    }

    @Test func approvalsOfCommitsOfABranchCountWithItsMerge() async throws {
        var test = try TestHistory()
        let main = try test.commit(
            [Organization.officePath: Organization.office(mtu: 1400)], on: test.first, by: test.organization.bob)
        let bad = try test.commit(laptop, on: test.first, by: nil)
        let merge = try test.commit(on: main, bad, by: test.organization.alice)
        let found7 = try await test.outstanding(merge)
        #expect(found7 == ["acme/Node/laptop"])
        let found8 = try await test.outstanding(merge, approvals: approved(bad, by: test.organization.bob))
        #expect(found8.isEmpty)
        let found9 = try await test.outstanding(merge, approvals: approved(merge, by: test.organization.bob))
        #expect(found9.isEmpty)
        let found10 = try await test.outstanding(merge, approvals: approved(merge, by: test.organization.rita))
        #expect(
            found10 == [
                "acme/Node/laptop"
            ])
    }

    @Test func anApprovalThatComesLaterIsTakenWithoutReadingAllAnew() async throws {
        var test = try TestHistory()
        var tip = test.first
        for mtu in 1300..<1310 {
            tip = try test.commit(
                [Organization.officePath: Organization.office(mtu: mtu)], on: tip, by: test.organization.bob)
        }
        let bad = try test.commit(laptop, on: tip, by: nil)
        let next = try test.commit(
            [Organization.officePath: Organization.office(mtu: 1400)], on: bad, by: test.organization.bob)
        var judge = try await test.judge(next)
        #expect(judge.accepted.names == ["acme/Node/laptop"])
        _ = test.history.reads.take()
        judge.set(approved(bad, by: test.organization.bob))
        let verdicts = try await judge.advance(to: next, in: test.history)
        #expect(verdicts.map(\.commit) == [bad, next])
        #expect(verdicts.first?.approvers == [test.organization.bob.key])
        #expect(judge.accepted.names.isEmpty)
        // Once without it, to see what people are now.
        #expect(test.history.reads.take() == (4, 4))
        judge.set(Approvals())
        _ = try await judge.advance(to: next, in: test.history)
        #expect(judge.accepted.names == ["acme/Node/laptop"])
    }

    /// Whoever has lost their role could write that an approval is from before.
    @Test func whoHasLostTheRoleApprovesNothingNew() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let bad = try test.commit(laptop, on: test.first, by: nil)
        let revoked = try test.commit(
            [Organization.tenantPath: organization.acme(["bob": nil])], on: bad, by: organization.alice)
        let found11 = try await test.outstanding(revoked, approvals: approved(bad, by: organization.bob))
        #expect(found11 == ["acme/Node/laptop"])
        let found12 = try await test.outstanding(
            revoked, approvals: approved(bad, by: organization.bob, isRecorded: true))
        #expect(
            found12
                .isEmpty)
        let found13 = try await test.outstanding(revoked, approvals: approved(bad, by: organization.alice))
        #expect(found13.isEmpty)
    }

    // MARK: - Adoption

    private func adopted(_ commit: ObjectID, by key: SSHPrivateKey, replacing old: ObjectID? = nil) -> Approvals {
        Approvals(adoptions: [commit: [Approvals.Adoption(key: key.key, replacing: old)]])
    }

    @Test func aSuperadminTakesATreeAsItIs() async throws {
        var test = try TestHistory()
        let organization = test.organization
        // Nobody ever signed anything.
        let old = try test.history.commit(organization.files.mapValues { $0 }, on: [])
        let tip = try test.commit(laptop, on: old, by: nil)
        let next = try test.commit(
            [Organization.officePath: Organization.office(mtu: 1400)], on: tip, by: organization.bob)
        let found14 = try await test.outstanding(next)
        #expect(found14.count == 6)
        var judge = HistoryJudge(root: test.root, approvals: adopted(tip, by: organization.root))
        let verdicts = try await judge.advance(to: next, in: test.history)
        #expect(judge.accepted.names.isEmpty)
        #expect(judge.accepted.roster.person(organization.bob.key, in: "acme")?.role == .member)
        #expect(verdicts.map { $0.judgement == nil } == [true, false, false])
        #expect(verdicts.map { $0.adoption != nil } == [false, true, false])
        let found15 = try await test.outstanding(next, approvals: adopted(tip, by: organization.alice))
        #expect(found15.count == 6)
    }

    @Test func aBranchFromBeforeTheAdoptionIsJudgedByTheRolesOfMain() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let old = try test.history.commit(organization.files.mapValues { $0 }, on: [])
        let tip = try test.commit([Organization.officePath: Organization.office(mtu: 1400)], on: old, by: nil)
        let good = try test.commit(laptop, on: old, by: organization.bob)
        let bad = try test.commit(laptop, on: old, by: nil)
        let adopted = adopted(tip, by: organization.root)
        let merge1 = try test.commit(on: tip, good, by: nil)
        let found16 = try await test.outstanding(merge1, approvals: adopted)
        #expect(found16.isEmpty)
        let merge = try test.commit(on: tip, bad, by: nil)
        let found17 = try await test.outstanding(merge, approvals: adopted)
        #expect(found17 == ["acme/Node/laptop"])
        let found18 = try await test.outstanding(tip, merge, approvals: adopted)
        #expect(found18 == ["acme/Node/laptop"])
        // Also where what is before it was judged already.
        let merged = try test.commit(on: tip, good, by: nil)
        let found19 = try await test.outstanding(old, tip, merged, approvals: adopted)
        #expect(found19.isEmpty)
    }

    /// The walk may come to what the adopted commit does not descend from before it comes to that.
    @Test func whatWasReadFromBeforeTheAdoptionIsReadAgainForTheMergeThatBringsIt() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let old = try test.history.commit(organization.files.mapValues { $0 }, on: [])
        let bad = try test.commit(laptop, on: old, by: nil)
        let tip = try test.commit([Organization.officePath: Organization.office(mtu: 1400)], on: old, by: nil)
        for parents in [[tip, bad], [bad, tip]] {
            let merge = try test.history.commit(
                [Organization.officePath: Organization.office(mtu: 1400)], on: parents)
            var approvals = adopted(tip, by: organization.root)
            var judge = HistoryJudge(root: test.root, approvals: approvals)
            _ = try await judge.advance(to: merge, through: [tip], in: test.history)
            #expect(judge.accepted.names == ["acme/Node/laptop"])
            // And where anybody's word of an old commit has all judged again.
            approvals.approvals[old] = [Approvals.Approval(key: organization.stranger.key)]
            judge.set(approvals)
            _ = try await judge.advance(to: merge, in: test.history)
            #expect(judge.accepted.names == ["acme/Node/laptop"])
        }
    }

    @Test func rewrittenHistoryIsRefusedUntilASuperadminTakesIt() async throws {
        var test = try TestHistory()
        let organization = test.organization
        let seen = try test.commit(laptop, on: test.first, by: organization.bob)
        let rewritten = try test.commit(
            [Organization.officePath: Organization.office(mtu: 1400)], on: test.first, by: organization.bob)
        let next = try test.commit([Organization.officePath: Organization.office(mtu: 1401)], on: rewritten, by: nil)
        let refusal = RewrittenHistory(last: seen, tip: next)
        let tries: [(Approvals, Bool)] = [
            (Approvals(), false), (adopted(rewritten, by: organization.root), false),
            (adopted(rewritten, by: organization.alice, replacing: seen), false),
            (adopted(rewritten, by: organization.root, replacing: test.first), false),
            (adopted(seen, by: organization.root, replacing: seen), false),
            (adopted(rewritten, by: organization.root, replacing: seen), true),
        ]
        for (approvals, isTaken) in tries {
            var judge = try await test.judge(seen)
            judge.set(approvals)
            if isTaken {
                _ = try await judge.advance(to: next, in: test.history)
                #expect(judge.tip == next)
                #expect(judge.accepted.names == ["acme/CVLAN/office"])
            } else {
                await #expect(throws: refusal) { _ = try await judge.advance(to: next, in: test.history) }
                #expect(judge.tip == seen, "the last good one stays")
            }
        }
        // Main that only goes back has lost commits too.
        var judge = try await test.judge(test.first, seen)
        await #expect(throws: RewrittenHistory(last: seen, tip: test.first)) {
            _ = try await judge.advance(to: test.first, in: test.history)
        }
        #expect("\(refusal)".contains("cvlan approve \(next) --adopt --replaces \(seen)"))
    }
}
