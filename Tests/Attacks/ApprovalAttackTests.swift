import Authorization
import Foundation
import GitRepository
import TestPrograms
import Testing

/// A tenant that wants two people for each change, and who tries to be both; with the real `cvlan approve`.
@Suite struct ApprovalAttackTests {
    private let company: Company
    private let commit: ObjectID

    init() throws {
        company = try Company()
        let members: [(Company.Person, String)] = [(.alice, "admin"), (.bob, "member"), (.rita, "readonly")]
        try company.commit([Company.acme: try company.tenant("acme", members, "  approvals: 2\n")], by: .root)
        commit = try company.commit(["tenants/acme/scanner.yaml": Company.node("acme", "scanner")], by: .bob)
        try company.work.push("main")
    }

    private static let refusal =
        "tenants/acme/scanner.yaml:3:33: creating acme/Node/scanner needs the role member of acme: "
        + "1 of 2 people stand for it"

    private func approve(_ commit: ObjectID, by person: Company.Person, _ more: String...) throws -> String {
        try company.cvlan(
            ["approve", "\(commit)", "--key", company.scratch.file(person.rawValue)] + more, as: person)
    }

    @Test func whoeverSignedAloneIsRefused() async throws {
        let outcome = try await company.judged()
        #expect(outcome.refusals(of: commit) == [Self.refusal])
        #expect(outcome.accepted.heldBack == ["acme"])
    }

    @Test func aSecondPersonMakesIt() async throws {
        let said = try approve(commit, by: .alice)
        #expect(said.contains("the commit is signed by \(try company.fingerprint(of: .bob))"))
        #expect(said.contains("tenants/acme/scanner.yaml:3:33: creating acme/Node/scanner"))
        #expect(said.contains("approved as alice, with \(try company.fingerprint(of: .alice))"))
        #expect(said.contains("published to \(company.bare)"))
        #expect(try await company.judged().accepted.heldBack.isEmpty)
        // And everybody can see it with git alone.
        let note = try Command.run(
            "git", "-C", company.bare, "notes", "--ref", "cvlan-approvals", "show", "\(commit)")
        #expect(note.hasPrefix("Approved-Commit: \(commit)\nApprover: alice\n"))
        let list = try company.cvlan(["approve", "--list"], as: .bob)
        #expect(list.contains("  approved by alice, \(try company.fingerprint(of: .alice)), at "))
    }

    @Test func nobodyApprovesTheirOwn() async throws {
        let error = #expect(throws: Command.Failure.self) { try approve(commit, by: .bob) }
        #expect("\(error as (any Error)?)".contains("you signed this commit yourself: you stand for it already"))
        #expect(try await company.judged().refusals(of: commit) == [Self.refusal])
    }

    @Test(arguments: [Company.Person.rita, .beth, .mallory])
    func whoHasNoRoleCountsForNothing(_ person: Company.Person) async throws {
        _ = try approve(commit, by: person)
        let outcome = try await company.judged()
        #expect(outcome.refusals(of: commit) == [Self.refusal])
        #expect(outcome.accepted.heldBack == ["acme"])
    }

    @Test func anApprovalMovedToAnotherCommitCountsForNothing() async throws {
        _ = try approve(commit, by: .alice)
        let evil = try company.commit([Company.printer: nil], by: .bob)
        let note = try company.work.git("notes", "--ref", "cvlan-approvals", "show", "\(commit)")
        try company.scratch.write("moved", note.replacingOccurrences(of: "\(commit)", with: "\(evil)"))
        try company.work.git("notes", "--ref", "cvlan-approvals", "copy", "\(commit)", "\(evil)")
        try company.work.git(
            "notes", "--ref", "cvlan-approvals", "append", "-F", company.scratch.file("moved"), "\(evil)")
        let outcome = try await company.judged()
        #expect(
            outcome.refusals(of: evil) == [
                "\(Company.printer):3:33: deleting acme/Node/printer needs the role member of acme: "
                    + "1 of 2 people stand for it"
            ])
        let list = try company.cvlan(["approve", "--list"], as: .bob)
        #expect(list.contains("line 1: an approval of another commit, \(commit.short)"))
        #expect(list.contains("the signature is not one of this content"))
    }

    /// `approvals` is judged as it was before a commit.
    @Test func nobodyLowersTheNumberForThemselves() async throws {
        let lowered = try company.commit(
            [Company.acme: try company.tenant("acme", [(.alice, "admin"), (.bob, "member"), (.rita, "readonly")])],
            by: .alice)
        let outcome = try await company.judged()
        #expect(outcome.refusals(of: lowered).count == 1)
        #expect(
            outcome.refusals(of: lowered).first?.hasSuffix(
                "needs the role admin of acme: 1 of 2 people stand for it") == true)
        #expect(outcome.accepted.roster.approvals(of: "acme") == 2)
    }

    @Test func nobodyButASuperadminAdopts() async throws {
        let error = #expect(throws: Command.Failure.self) {
            try company.cvlan(["approve", "\(commit)", "--replaces", "HEAD"], as: .alice)
        }
        #expect("\(error as (any Error)?)".contains("--replaces goes with --adopt"))
        _ = try approve(commit, by: .alice, "--adopt")
        #expect(try await company.judged().refusals(of: commit) == [Self.refusal])
        _ = try approve(commit, by: .root, "--adopt")
        #expect(try await company.judged().accepted.heldBack.isEmpty)
    }

    /// Main is where it was not: whoever has seen it stops, until a superadmin says so.
    @Test func rewrittenHistory() async throws {
        let repository = try Repository(localAt: company.work.path)
        var judge = HistoryJudge(root: try company.authority)
        _ = try await judge.advance(to: commit, in: repository)
        try company.work.git("reset", "-q", "--hard", "\(company.honest)")
        let other = try company.commit(["tenants/beta/new.yaml": Company.node("beta", "new")], by: .beth)
        let before = judge.accepted.heldBack
        do {
            _ = try await judge.advance(to: other, in: repository)
            Issue.record("a history without \(commit.short) was taken")
        } catch let error as RewrittenHistory {
            #expect(error.last == commit && error.tip == other)
        }
        #expect(judge.tip == commit && judge.accepted.heldBack == before)
        // Not even alice, who is an admin.
        for (person, isTaken) in [(Company.Person.alice, false), (.root, true)] {
            _ = try approve(other, by: person, "--adopt", "--replaces", "\(commit)")
            var book = ApprovalBook()
            try await book.read(from: repository, state: nil)
            judge.set(Approvals(book))
            let taken = try? await judge.advance(to: other, in: repository)
            #expect((taken != nil) == isTaken)
        }
        #expect(judge.tip == other)
    }
}
