import Foundation
import GitRepository
import SSHSignatures
import TestPrograms
import Testing

/// The attacks on what is published, with the real controller.
@Suite struct ControllerAttackTests {
    private let company: Company
    private let controller: Controller

    init() throws {
        company = try Company()
        controller = try Controller(company)
        let status = try #require(try controller.hasSeen("\(company.honest)"))
        try #require(status.inForce == ["acme", "beta"])
    }

    private func published(_ tenant: String) throws -> String {
        try Command.run("git", "-C", company.bare, "rev-parse", "cvlan-state:tenants/\(tenant)")
    }

    /// Pushes, and demands that these tenants are held back with these words, and that what is published of them stays.
    private func push(_ commit: ObjectID, holdsBack tenants: [String: String]) throws {
        let before = try tenants.keys.map(published)
        try company.work.push("HEAD:main")
        guard let status = try controller.hasSeen("\(commit)") else { return }
        for (tenant, words) in tenants {
            #expect(status.tenants[tenant]?.phase == "HeldBack")
            #expect(status.errors(of: tenant).contains { $0.contains(words) }, "\(status.errors(of: tenant))")
        }
        #expect(status.inForce == Set(["acme", "beta"]).subtracting(tenants.keys))
        #expect(try tenants.keys.map(published) == before)
    }

    @Test func whatNobodyMayDoReachesNoNode() throws {
        let unsigned = try company.commit([Company.printer: nil], by: nil)
        try push(
            unsigned,
            holdsBack: ["acme": "deleting acme/Node/printer needs the role member of acme: the commit is not signed"])
        // The other tenant goes on.
        let good = try company.commit(["tenants/beta/new.yaml": Company.node("beta", "new")], by: .beth)
        let before = try published("beta")
        try push(good, holdsBack: ["acme": "the commit is not signed"])
        #expect(try published("beta") != before)
        // Who promotes themselves has nothing by it in the next push either.
        let promotion = try company.commit(
            [Company.beta: try company.tenant("beta", [(.beth, "admin"), (.mallory, "admin")])], by: .mallory)
        try push(promotion, holdsBack: ["acme": "not signed", "beta": "which is nobody's key here"])
        let use = try company.commit(["tenants/beta/door.yaml": Company.node("beta", "door")], by: .mallory)
        try push(
            use, holdsBack: ["acme": "not signed", "beta": "creating beta/Node/door needs the role member of beta"])
    }

    @Test func anApprovalCures() throws {
        let unsigned = try company.commit([Company.printer: nil], by: nil)
        try push(unsigned, holdsBack: ["acme": "cvlan approve \(unsigned)"])
        _ = try company.cvlan(["approve", "\(unsigned)"], as: .bob)
        try controller.says("acme is in force") { $0.inForce == ["acme", "beta"] }
        // What counted stays in the state branch, whoever deletes the note.
        let record = try Command.run("git", "-C", company.bare, "show", "cvlan-state:approvals/\(unsigned)")
        #expect(record.hasPrefix("Approved-Commit: \(unsigned)\nApprover: bob\n"))
    }

    @Test func rewrittenHistory() throws {
        let seen = try company.commit(["tenants/acme/scanner.yaml": Company.node("acme", "scanner")], by: .bob)
        try company.work.push("HEAD:main")
        try controller.hasSeen("\(seen)")
        let before = try Command.run("git", "-C", company.bare, "rev-parse", "cvlan-state^{tree}")
        try company.work.git("reset", "-q", "--hard", "\(company.honest)")
        let rewritten = try company.commit(["tenants/beta/new.yaml": Company.node("beta", "new")], by: .beth)
        try company.work.push("--force", "HEAD:main")
        try controller.says("rewritten") {
            $0.trouble.contains("main was rewritten") && $0.trouble.contains("--replaces \(seen)")
        }
        #expect(try Command.run("git", "-C", company.bare, "rev-parse", "cvlan-state^{tree}") == before)
        // Beth, whose change it is, is no superadmin.
        try company.work.git("fetch", "-q", "origin", "cvlan-state:cvlan-state")
        #expect(throws: Command.Failure.self) {
            try company.cvlan(["approve", "\(rewritten)", "--adopt", "--replaces", "\(seen)"], as: .beth)
        }
        _ = try company.cvlan(["approve", "\(rewritten)", "--adopt", "--replaces", "\(seen)"], as: .root)
        try controller.hasSeen("\(rewritten)")
        try controller.says("no trouble") { $0.trouble.isEmpty && $0.inForce == ["acme", "beta"] }
    }

    @Test func rolledBackStateBranch() throws {
        let first = try Command.run("git", "-C", company.bare, "rev-parse", "cvlan-state")
        let next = try company.commit(["tenants/acme/scanner.yaml": Company.node("acme", "scanner")], by: .bob)
        try company.work.push("HEAD:main")
        try controller.hasSeen("\(next)")
        let tip = try Command.run("git", "-C", company.bare, "rev-parse", "cvlan-state")
        #expect(tip != first)
        try Command.run(
            "git", "-C", company.bare, "update-ref", "refs/heads/cvlan-state", first.trimmingCharacters(in: .newlines))
        try controller.says("trouble") { !$0.trouble.isEmpty && $0.trouble.contains("cvlan-state") }
        // Nothing is built on it, also not after a new start.
        controller.stop()
        try controller.start()
        try controller.says("trouble") { !$0.trouble.isEmpty && $0.trouble.contains("cvlan-state") }
        #expect(try Command.run("git", "-C", company.bare, "rev-parse", "cvlan-state") == first)
        try Command.run(
            "git", "-C", company.bare, "update-ref", "refs/heads/cvlan-state", tip.trimmingCharacters(in: .newlines))
        try controller.says("no trouble") { $0.trouble.isEmpty && $0.inForce == ["acme", "beta"] }
    }

    /// Whoever can push, and makes the state branch say what they like.
    @Test func forgedStateBranch() throws {
        let tree = try Command.run("git", "-C", company.bare, "rev-parse", "cvlan-state^{tree}")
            .trimmingCharacters(in: .newlines)
        let forged = try Command.run(
            "git", "-C", company.bare, "commit-tree", tree, "-p", "cvlan-state", "-m", "forged"
        ).trimmingCharacters(in: .newlines)
        try Command.run("git", "-C", company.bare, "update-ref", "refs/heads/cvlan-state", forged)
        let status = try controller.says("trouble") { $0.trouble.contains("it is not signed") }
        #expect(status?.inForce == ["acme", "beta"])
        #expect(status?.stateCommit != forged)
    }

    private func verify() throws -> String {
        try company.work.git("fetch", "-q", "--force", "origin", "main:refs/heads/seen", "cvlan-state:cvlan-state")
        // Exits with 1 where something is not as it has to be, and says what on standard output.
        return try Command.run(
            "sh", "-c", "\"$0\" verify --root \(controller.pin) --branch seen --repository \"$1\"; echo status $?",
            "\(Company.programs)/cvlan", company.work.path)
    }

    /// It has all that the controller has, but not the root key: so it makes a root of its own, in which nobody asks who
    /// signed. Whoever knows the root's pin is not deceived.
    @Test func compromisedControllerWithoutTheRootKey() throws {
        let honest = try verify()
        #expect(honest.contains("status 0"), "\(honest)")
        controller.stop()
        try Command.run("git", "-C", company.bare, "update-ref", "-d", "refs/heads/cvlan-state")
        let evil = try company.commit(
            [Company.acme: try company.tenant("acme", [(.mallory, "admin")])], by: .mallory)
        try company.work.push("HEAD:main")
        let rogue = try Controller(company, "rogue", authority: ["--authorization", "off"])
        let published = try rogue.hasSeen("\(evil)")
        #expect(published?.inForce == ["acme", "beta"])
        let said = try verify()
        #expect(said.contains("status 1"), "\(said)")
        rogue.stop()
        // The honest one does not take what was put in the place of its own.
        try controller.start()
        let status = try controller.says("trouble") { $0.trouble.contains("cvlan-state") }
        #expect(status?.trouble.contains("What is published stays") == true)
    }

    /// With the controller's own keys it can sign state commits, and whoever computes them again sees that they are wrong. A
    /// root that its other keys have signed is none.
    @Test func compromisedControllerWithAllOtherKeys() async throws {
        controller.stop()
        let repository = try Repository(localAt: company.bare)
        let tip = try #require(try await repository.tip(of: "cvlan-state"))
        let commit = try await repository.commit(tip)
        let key = SSHPrivateKey(try controller.key("state"))
        let paths = try await repository.entries(of: tip, in: "tenants/acme").map(\.path)
        let path = try #require(paths.first)
        let first = try #require(try await repository.entry(at: "roots/1.dsse", in: tip))
        let root = try await repository.blob(first.id, limit: 1 << 20)
        let forged = try await repository.makeCommit(
            [path: .remove, "roots/2.dsse": .write(root)], onTreeOf: tip, parents: [tip], author: commit.author,
            committer: commit.committer, message: commit.message,
            signedBy: { try SSHSignature($0, by: key).armored })
        try await repository.moveBranch("cvlan-state", from: tip, to: forged)
        let said = try verify()
        #expect(said.contains("status 1"), "\(said)")
        #expect(said.contains("root"), "\(said)")
        #expect(said.contains(forged.short), "\(said)")
    }
}
