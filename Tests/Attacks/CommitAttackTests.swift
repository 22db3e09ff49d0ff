import Authorization
import Foundation
import GitRepository
import TestPrograms
import Testing

/// Who commits what they may not: each time, exactly that is refused, and nobody else notices.
@Suite struct CommitAttackTests {
    private let company: Company

    init() throws { company = try Company() }

    /// Judges main, and demands that one commit was refused with these words, that these tenants are held back, and that what
    /// somebody else does afterwards is accepted.
    private func expect(_ commit: ObjectID, refused: [String], holdingBack tenants: Set<String>) async throws {
        let outcome = try await company.judged()
        #expect(outcome.refusals(of: commit) == refused)
        #expect(outcome.accepted.heldBack == tenants)
        for other in Set(["acme", "beta"]).subtracting(tenants) {
            let next = try company.commit(
                ["tenants/\(other)/new.yaml": Company.node(other, "new")], by: other == "acme" ? .bob : .beth)
            let after = try await company.judged()
            #expect(after.refusals(of: next).isEmpty)
            #expect(after.accepted.heldBack == tenants)
        }
    }

    private func signed(_ person: Company.Person) throws -> String {
        "the commit is signed by \(try company.fingerprint(of: person))"
    }

    @Test func unsignedCommit() async throws {
        let commit = try company.commit([Company.printer: nil], by: nil)
        try await expect(
            commit,
            refused: [
                "\(Company.printer):3:33: deleting acme/Node/printer needs the role member of acme: "
                    + "the commit is not signed"
            ], holdingBack: ["acme"])
    }

    @Test func signedByAnUnknownKey() async throws {
        let commit = try company.commit([Company.printer: nil], by: .mallory)
        try await expect(
            commit,
            refused: [
                "\(Company.printer):3:33: deleting acme/Node/printer needs the role member of acme: "
                    + "\(try signed(.mallory)), which is nobody's key here"
            ], holdingBack: ["acme"])
    }

    @Test func memberEditsTenant() async throws {
        let changed = try company.tenant("acme", [(.alice, "admin"), (.bob, "admin"), (.rita, "readonly")])
        let commit = try company.commit([Company.acme: changed], by: .bob)
        let outcome = try await company.judged()
        let refusals = outcome.refusals(of: commit)
        #expect(refusals.count == 1)
        #expect(
            refusals.first?.hasSuffix(
                " of Tenant/acme needs the role admin of acme: \(try signed(.bob)), of bob, who is member") == true)
        #expect(outcome.accepted.roster.person(try company.key(of: .bob), in: "acme")?.role == .member)
        #expect(outcome.accepted.heldBack == ["acme"])
    }

    @Test func readerEditsANetwork() async throws {
        let commit = try company.commit(
            [Company.office: Company.manifest("CVLAN", "acme", "office", "cidrs: [10.2.0.0/24]")], by: .rita)
        let refusals = try await company.judged().refusals(of: commit)
        #expect(refusals.count == 1)
        #expect(
            refusals.first?.hasSuffix(
                " needs the role member of acme: \(try signed(.rita)), of rita, who is readonly") == true)
    }

    @Test func adminOfAEditsB() async throws {
        let commit = try company.commit(
            [Company.lab: Company.manifest("CVLAN", "beta", "lab", "cidrs: [10.66.0.0/24]")], by: .alice)
        let outcome = try await company.judged()
        #expect(outcome.refusals(of: commit).count == 1)
        #expect(
            outcome.refusals(of: commit).first?.hasSuffix(
                " of beta/CVLAN/lab needs the role member of beta: \(try signed(.alice)), which is nobody's key here")
                == true)
        #expect(outcome.accepted.heldBack == ["beta"])
    }

    /// Whose a manifest is, its `metadata.tenant` says, not its folder.
    @Test func adminOfAEditsBFromItsOwnFolder() async throws {
        let commit = try company.commit(
            ["tenants/acme/harmless.yaml": Company.node("beta", "spy")], by: .alice)
        try await expect(
            commit,
            refused: [
                "tenants/acme/harmless.yaml:3:33: creating beta/Node/spy needs the role member of beta: "
                    + "\(try signed(.alice)), which is nobody's key here"
            ], holdingBack: ["beta"])
    }

    @Test func selfPromotionInOneCommit() async throws {
        let commit = try company.commit(
            [
                Company.acme: try company.tenant("acme", [(.alice, "admin"), (.bob, "admin"), (.mallory, "admin")]),
                "tenants/acme/door.yaml": Company.node("acme", "door"),
            ], by: .mallory)
        let outcome = try await company.judged()
        #expect(outcome.refusals(of: commit).count == 2)
        #expect(outcome.refusals(of: commit).allSatisfy { $0.hasSuffix("which is nobody's key here") })
        #expect(outcome.accepted.roster.person(try company.key(of: .mallory), in: "acme") == nil)
        #expect(outcome.accepted.heldBack == ["acme"])
    }

    /// The first commit is not accepted: so it gives no role to the second.
    @Test func selfPromotionAcrossTwoCommits() async throws {
        try company.commit(
            [Company.acme: try company.tenant("acme", [(.alice, "admin"), (.mallory, "admin")])], by: .mallory)
        let second = try company.commit(["tenants/acme/door.yaml": Company.node("acme", "door")], by: .mallory)
        try await expect(
            second,
            refused: [
                "tenants/acme/door.yaml:3:33: creating acme/Node/door needs the role member of acme: "
                    + "\(try signed(.mallory)), which is nobody's key here"
            ], holdingBack: ["acme"])
    }

    /// On a branch, alice's commit gives mallory the role: but what main gains is judged by what main had before.
    @Test func roleGivenAndUsedInTheSamePush() async throws {
        try company.work.git("checkout", "-q", "-b", "side")
        try company.commit(
            [Company.acme: try company.tenant("acme", [(.alice, "admin"), (.bob, "member"), (.mallory, "member")])],
            by: .alice)
        let used = try company.commit(["tenants/acme/door.yaml": Company.node("acme", "door")], by: .mallory)
        try company.work.git("checkout", "-q", "main")
        let merge = try company.git(["merge", "-q", "--no-ff", "-m", "merge", "side"], by: nil)
        let outcome = try await company.judged(merge)
        #expect(outcome.refusals(of: used).isEmpty)
        #expect(
            outcome.refusals(of: merge) == [
                "tenants/acme/door.yaml:3:33: creating acme/Node/door needs the role member of acme: "
                    + "\(try signed(.mallory)), which is nobody's key here"
            ])
        #expect(outcome.accepted.heldBack == ["acme"])
    }

    /// A merge that says something else than what it merges is its own change.
    @Test func mergeThatSmuggles() async throws {
        try company.work.git("checkout", "-q", "-b", "side")
        try company.commit(["tenants/acme/scanner.yaml": Company.node("acme", "scanner")], by: .bob)
        try company.work.git("checkout", "-q", "main")
        try company.git(["merge", "-q", "--no-ff", "--no-commit", "side"], by: nil)
        let merge = try company.commit(["tenants/acme/door.yaml": Company.node("acme", "door")], by: nil, "merge")
        try await expect(
            merge,
            refused: [
                "tenants/acme/door.yaml:3:33: creating acme/Node/door needs the role member of acme: "
                    + "the commit is not signed"
            ], holdingBack: ["acme"])
        let outcome = try await company.judged(merge)
        #expect(outcome.accepted.outstanding(in: "acme").count == 1)
    }

    /// The same merge without what it smuggles needs no signature.
    @Test func honestMergeIsTaken() async throws {
        try company.work.git("checkout", "-q", "-b", "side")
        try company.commit(["tenants/acme/scanner.yaml": Company.node("acme", "scanner")], by: .bob)
        try company.work.git("checkout", "-q", "main")
        try company.commit(["tenants/beta/new.yaml": Company.node("beta", "new")], by: .beth)
        try company.git(["merge", "-q", "--no-ff", "-m", "merge", "side"], by: nil)
        #expect(try await company.judged().accepted.heldBack.isEmpty)
    }

    /// Who renames their own tenant to another's gets nothing of it.
    @Test func renamedTenant() async throws {
        let renamed = try company.tenant("beta", [(.alice, "admin")])
        let commit = try company.commit([Company.acme: renamed], by: .alice)
        let outcome = try await company.judged()
        let refusals = outcome.refusals(of: commit)
        #expect(
            refusals.contains {
                $0.contains("deleting Tenant/acme needs the role superadmin: \((try? signed(.alice)) ?? "")")
            })
        #expect(refusals.contains { $0.contains("Tenant/beta needs the role admin of beta") })
        #expect(outcome.accepted.roster.person(try company.key(of: .alice), in: "beta") == nil)
        #expect(outcome.accepted.roster.person(try company.key(of: .alice), in: "acme")?.role == .admin)
        #expect(outcome.accepted.heldBack == ["acme", "beta"])
    }

    /// A signature is of one commit with all that it says.
    @Test func signatureOfAnotherCommitReused() async throws {
        let good = try company.commit(["tenants/acme/scanner.yaml": Company.node("acme", "scanner")], by: .bob)
        let object = try company.work.git("cat-file", "commit", "\(good)")
        let signature = try #require(object.firstRange(of: "gpgsig "))
        let end = try #require(object.firstRange(of: "-----END SSH SIGNATURE-----\n"))
        let header = object[signature.lowerBound..<end.upperBound]
        // Another change on top, with the good commit's signature in its header.
        let plain = try company.commit([Company.printer: nil], by: nil)
        let unsigned = try company.work.git("cat-file", "commit", "\(plain)")
        let body = try #require(unsigned.firstRange(of: "\n\n"))
        try company.scratch.write(
            "forged", unsigned[..<body.lowerBound] + "\n" + header + unsigned[unsigned.index(after: body.lowerBound)...]
        )
        let forged = try ObjectID(
            required: company.work.git("hash-object", "-w", "-t", "commit", company.scratch.file("forged")))
        try company.work.git("reset", "-q", "--hard", "\(forged)")
        try await expect(
            forged,
            refused: [
                "\(Company.printer):3:33: deleting acme/Node/printer needs the role member of acme: "
                    + "the commit is signed, but the signature is not one of this content"
            ], holdingBack: ["acme"])
    }
}
