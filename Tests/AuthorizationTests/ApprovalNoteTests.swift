import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Sodium
import Testing

/// What a note says: statements as they were signed, and nothing that anybody has changed, moved or made up.
struct ApprovalNoteTests {
    private let alice = SSHPrivateKey(Ed25519.PrivateKey())
    private let bob = SSHPrivateKey(Ed25519.PrivateKey())
    private let commit: ObjectID
    private let other: ObjectID

    init() throws {
        commit = try #require(ObjectID(String(repeating: "1b", count: 20)))
        other = try #require(ObjectID(String(repeating: "2c", count: 20)))
    }

    private func statement(
        _ kind: ApprovalStatement.Kind = .approval, of commit: ObjectID? = nil, name: String = "alice"
    ) throws -> ApprovalStatement {
        try #require(
            ApprovalStatement(
                kind, of: commit ?? self.commit, by: name, at: Timestamp(secondsSince1970: 1_795_000_000)))
    }

    private func signed(_ kind: ApprovalStatement.Kind = .approval, by key: SSHPrivateKey) throws -> SignedStatement {
        try SignedStatement(statement(kind), by: key)
    }

    private func note(_ text: String) -> ApprovalNote { ApprovalNote(Array(text.utf8), of: commit) }

    @Test func isTextThatPeopleCanRead() throws {
        #expect(
            try statement().text == """
                Approved-Commit: \(commit)
                Approver: alice
                Approved-At: 2026-11-18T11:06:40Z

                """)
        #expect(
            try statement(.adoption(replacing: other)).text == """
                Adopted-Commit: \(commit)
                Replaces-Commit: \(other)
                Approver: alice
                Approved-At: 2026-11-18T11:06:40Z

                """)
        #expect(try signed(by: alice).text.hasSuffix("\n-----END SSH SIGNATURE-----\n"))
    }

    @Test func statementsAreReadBackBetweenWhateverIsAround() throws {
        let statements = [
            try signed(by: alice), try signed(.adoption(replacing: nil), by: bob),
            try signed(.adoption(replacing: other), by: bob),
        ]
        let text = "looks good to me\n\n" + statements.map(\.text).joined(separator: "\n") + "\nindeed\n"
        #expect(note(text).statements == statements)
        #expect(note(text).problems.isEmpty)
        #expect(note(text + statements[0].text).statements == statements)
        #expect(note(text).statements.map(\.key) == [alice.key, bob.key, bob.key])
    }

    @Test(arguments: ["", "a\nb", "a\r", "\u{202E}a", String(repeating: "a", count: 129), "a\u{0}"])
    func namesAreALineOfPrintableText(_ name: String) throws {
        #expect(
            ApprovalStatement(.approval, of: commit, by: name, at: Timestamp(secondsSince1970: 0)) == nil)
    }

    /// Each line is signed.
    @Test(arguments: [
        ("Approver: alice", "Approver: mallory"), ("T11:06:40Z", "T11:06:41Z"),
    ])
    func whatIsChangedHoldsNoMore(_ change: (String, String)) throws {
        let text = try signed(by: alice).text.replacing(change.0, with: change.1)
        #expect(note(text).statements.isEmpty)
        #expect(note(text).problems.map(\.reason) == [.signature(.wrongSignature)])
    }

    @Test func anApprovalOfAnotherCommitIsNoneOfThisOne() throws {
        let foreign = try SignedStatement(statement(of: other), by: alice)
        #expect(note(foreign.text).statements.isEmpty)
        #expect(note(foreign.text).problems.map(\.reason) == [.otherCommit(other)])
        // Nor with the id written over.
        let renamed = foreign.text.replacing("\(other)", with: "\(commit)")
        #expect(note(renamed).problems.map(\.reason) == [.signature(.wrongSignature)])
    }

    @Test func anApprovalIsNoAdoption() throws {
        let text = try signed(by: alice).text.replacing("Approved-Commit", with: "Adopted-Commit")
        #expect(note(text).problems.map(\.reason) == [.signature(.wrongNamespace("cvlan-approve@cvlan.io"))])
        let adoption = try signed(.adoption(replacing: nil), by: alice)
        let replacing = adoption.text.replacing("Approver", with: "Replaces-Commit: \(other)\nApprover")
        #expect(note(replacing).problems.map(\.reason) == [.signature(.wrongSignature)])
    }

    /// What git signs is a commit: nobody can make an approval from it.
    @Test func aSignatureOfACommitIsNoApproval() throws {
        let statement = try statement()
        let signature = try SSHSignature(Array(statement.text.utf8), by: alice)
        #expect(
            note(statement.text + signature.armored).problems.map(\.reason) == [.signature(.wrongNamespace("git"))])
    }

    @Test func anotherKeysSignatureIsThatKeys() throws {
        let statements = [try signed(by: alice), try signed(by: bob)]
        let mixed = statements[0].statement.text + statements[1].text.trimmingPrefix(statements[1].statement.text)
        #expect(note(mixed).statements.map(\.key) == [bob.key])
    }

    @Test(
        arguments: [
            { $0.replacing("Approver: alice\n", with: "") },
            { $0.replacing("Approver: alice\n", with: "Approver: alice\nX: y\n") },
            { $0.replacing("-----END", with: "----END") }, { String($0.prefix(150)) },
            { $0.replacing("\n", with: "\r\n") },
            { $0.replacing("Approved-At: ", with: "Approved-At:") }, { $0.replacing("1b", with: "1g") },
            { _ in "Approved-Commit:" },
            { _ in "Adopted-Commit: \n-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----" },
        ] as [@Sendable (String) -> String])
    func whatIsDamagedCountsForNothing(_ damage: @Sendable (String) -> String) throws {
        let whole = try signed(by: bob)
        let read = note(damage(try signed(by: alice).text) + "\n" + whole.text)
        #expect(read.statements == [whole])
        #expect(read.problems.map(\.reason).contains { [.malformed, .signature(.badArmor)].contains($0) })
    }

    @Test func whatCostsTooMuchIsNotLookedAt() throws {
        let statement = try signed(by: alice)
        let many = String(repeating: statement.text, count: 65)
        #expect(note(many).statements == [statement])
        #expect(note(many).problems.map(\.reason) == [.tooMany])
        let large = String(repeating: "x", count: 256 << 10) + "\n" + statement.text
        #expect(note(large).statements.isEmpty)
        #expect(note(large).problems.map(\.reason) == [.tooLarge(large.utf8.count)])
    }
}
