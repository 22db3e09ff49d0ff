import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Sodium
import TestPrograms
import Testing

/// What notes and the state branch have, together.
struct ApprovalBookTests {
    private let alice = SSHPrivateKey(Ed25519.PrivateKey())
    private let bob = SSHPrivateKey(Ed25519.PrivateKey())
    private let scratch: Scratch
    private let work: WorkTree

    init() throws {
        scratch = try Scratch()
        work = try scratch.makePair().work
    }

    private func approval(of commit: ObjectID, by key: SSHPrivateKey) throws -> SignedStatement {
        let time = Timestamp(secondsSince1970: 1_795_000_000)
        return try SignedStatement(
            #require(ApprovalStatement(.approval, of: commit, by: "somebody", at: time)), by: key)
    }

    @Test func notesOfGitsMakingAreRead() async throws {
        let commit = try work.commit("1")
        let statement = try approval(of: commit, by: alice)
        try scratch.write("statement", statement.text)
        try work.git("notes", "--ref", "cvlan-approvals", "append", "-F", scratch.file("statement"), "\(commit)")
        try work.git("notes", "--ref", "cvlan-approvals", "append", "-m", "a word of praise", "\(commit)")
        var book = ApprovalBook()
        try await book.read(from: Repository(localAt: work.path), state: nil)
        #expect(book.commits == [commit])
        #expect(book.entries(of: commit) == [.init(statement: statement, isRecorded: false)])
        #expect(book.problems.isEmpty)
        #expect(book.record(of: commit) { _ in true } == statement.text)
    }

    /// Deleting the notes changes nothing of what has counted.
    @Test func whatIsRecordedStays() async throws {
        let commit = try work.commit("1")
        let repository = try Repository(localAt: work.path)
        let (first, second) = (try approval(of: commit, by: alice), try approval(of: commit, by: bob))
        let state = try await repository.makeCommit(
            ["approvals/\(commit)": .write(first.text), "approvals/README": .write("no id"), "other": .write("x")],
            onTreeOf: nil, parents: [], author: tester, committer: tester, message: "state\n")
        try await repository.appendNote(
            Array((second.text + "\n" + first.text).utf8), to: commit, in: ApprovalBook.notes, by: tester)
        var book = ApprovalBook()
        try await book.read(from: repository, state: state)
        #expect(
            book.entries(of: commit) == [
                .init(statement: first, isRecorded: true), .init(statement: second, isRecorded: false),
            ])
        #expect(book.record(of: commit) { $0 == second } == first.text + "\n" + second.text)
        #expect(book.record(of: commit) { _ in false } == nil)
        try work.git("update-ref", "-d", "refs/notes/cvlan-approvals")
        try await book.read(from: repository, state: state)
        #expect(book.entries(of: commit) == [.init(statement: first, isRecorded: true)])
        try await book.read(from: repository, state: nil)
        #expect(book.commits.isEmpty)
    }

    /// What is kept stays small enough to be read, whoever says it again and again.
    @Test func whatIsSaidTwiceIsKeptOnce() async throws {
        let commit = try work.commit("1")
        let repository = try Repository(localAt: work.path)
        let said = try (0..<3).map { index in
            let time = Timestamp(secondsSince1970: 1_795_000_000 + Int64(index))
            return try SignedStatement(
                #require(ApprovalStatement(.approval, of: commit, by: "somebody", at: time)),
                by: index == 2 ? bob : alice)
        }
        try await repository.appendNote(
            Array(said.map(\.text).joined(separator: "\n").utf8), to: commit, in: ApprovalBook.notes, by: tester)
        var book = ApprovalBook()
        try await book.read(from: repository, state: nil)
        #expect(book.record(of: commit) { _ in true } == said[0].text + "\n" + said[2].text)
    }

    @Test func judgesTakeWhatCounts() async throws {
        let (commit, old) = (try work.commit("1"), try work.commit("2"))
        let repository = try Repository(localAt: work.path)
        let time = Timestamp(secondsSince1970: 1_795_000_000)
        let adoption = try SignedStatement(
            #require(ApprovalStatement(.adoption(replacing: old), of: commit, by: "root", at: time)), by: bob)
        let text = try approval(of: commit, by: alice).text + "\n" + adoption.text
        try await repository.appendNote(Array(text.utf8), to: commit, in: ApprovalBook.notes, by: tester)
        var book = ApprovalBook()
        try await book.read(from: repository, state: nil)
        let approvals = Approvals(book)
        #expect(approvals.approvals == [commit: [.init(key: alice.key)]])
        #expect(approvals.adoptions == [commit: [.init(key: bob.key, replacing: old)]])
    }

    @Test func aNoteThatIsWrongIsToldOf() async throws {
        let commit = try work.commit("1")
        let other = try work.commit("2")
        let repository = try Repository(localAt: work.path)
        try await repository.appendNote(
            Array(try approval(of: other, by: alice).text.utf8), to: commit, in: ApprovalBook.notes, by: tester)
        try scratch.write("large", String(repeating: "x", count: 300 << 10))
        try work.git("notes", "--ref", "cvlan-approvals", "add", "-F", scratch.file("large"), "\(other)")
        var book = ApprovalBook()
        try await book.read(from: repository, state: nil)
        #expect(Set(book.problems.map(\.reason)) == [.otherCommit(other), .tooLarge(300 << 10 | 1)])
        #expect(book.entries(of: commit).isEmpty)
        let text = "the note of \(commit.short), line 1: an approval of another commit, \(other.short)"
        #expect(book.problems.map(\.description).contains(text))
    }

    /// Whatever is pushed as notes costs other notes nothing, nor what is recorded.
    @Test func whatCannotBeReadCostsOnlyItself() async throws {
        let (commit, other) = (try work.commit("1"), try work.commit("2"))
        let repository = try Repository(localAt: work.path)
        let statement = try approval(of: commit, by: alice)
        let state = try await repository.makeCommit(
            ["approvals/\(other)": .write(try approval(of: other, by: bob).text)],
            onTreeOf: nil, parents: [], author: tester, committer: tester, message: "state\n")
        try await repository.appendNote(Array(statement.text.utf8), to: commit, in: ApprovalBook.notes, by: tester)
        // A file by its mode, a folder by its object.
        func id(_ revision: String) throws -> String {
            try work.git("rev-parse", revision).filter { !$0.isNewline }
        }
        let (folder, note) = (try id("HEAD^{tree}"), try id("refs/notes/cvlan-approvals:\(commit)"))
        try work.git("read-tree", "--empty")
        try work.git("update-index", "--add", "--cacheinfo", "100644,\(note),\(commit)")
        try work.git("update-index", "--add", "--info-only", "--cacheinfo", "100644,\(folder),\(other)")
        let tree = try work.git("write-tree", "--missing-ok").filter { !$0.isNewline }
        let tip = try work.git("commit-tree", "-m", "notes", tree).filter { !$0.isNewline }
        try work.git("update-ref", "refs/notes/cvlan-approvals", tip)
        var book = ApprovalBook()
        try await book.read(from: repository, state: state)
        #expect(book.trouble == nil)
        #expect(book.commits == [commit, other].sorted())
        #expect(book.entries(of: commit) == [.init(statement: statement, isRecorded: false)])
        #expect(book.entries(of: other).map(\.isRecorded) == [true])
        #expect(book.problems.map(\.commit) == [other])

        try work.git("update-ref", "refs/notes/cvlan-approvals", note)
        try await book.read(from: repository, state: state)
        #expect(book.trouble?.contains("is a blob, not a commit") == true)
        #expect(book.commits == [other])
    }

    /// `ssh-keygen -Y verify` takes what we sign, and we what it does.
    @Test func sshKeygenVerifiesOursAndWeItsOwn() async throws {
        let commit = try work.commit("1")
        let statement = try approval(of: commit, by: alice)
        let parts = statement.text.split(separator: "-----BEGIN", maxSplits: 1)
        try scratch.write("signature", "-----BEGIN" + parts[1])
        try scratch.write("allowed", "alice \(alice.key)\n")
        func verify(_ namespace: String) throws -> String {
            try Command.run(
                arguments: [
                    "ssh-keygen", "-Y", "verify", "-f", scratch.file("allowed"), "-I", "alice", "-n", namespace, "-s",
                    scratch.file("signature"),
                ], input: .init(parts[0].utf8))
        }
        #expect(try verify("cvlan-approve@cvlan.io").hasPrefix("Good"))
        #expect(throws: Command.Failure.self) { try verify("cvlan-adopt@cvlan.io") }
        for (kind, bits) in [("ed25519", "256"), ("ecdsa", "384"), ("rsa", "3072")] {
            try Command.run("ssh-keygen", "-q", "-t", kind, "-b", bits, "-N", "", "-f", scratch.file(kind))
            try scratch.write("statement", String(parts[0]))
            try Command.run(
                "ssh-keygen", "-q", "-Y", "sign", "-f", scratch.file(kind), "-n", "cvlan-approve@cvlan.io",
                scratch.file("statement"))
            let text = try Command.run("cat", scratch.file("statement"), scratch.file("statement.sig"))
            let note = ApprovalNote(Array(text.utf8), of: commit)
            let line = try Command.run("cat", scratch.file(kind + ".pub"))
            #expect(note.statements.map(\.key) == [try SSHKeyLine(line).key])
            try Command.run("rm", scratch.file("statement.sig"))
        }
    }
}
