import Foundation
import GitRepository
import SSHSignatures
import TestPrograms
import Testing

/// Commits that git signs, verified by us; commits that we sign, verified by git.
struct CommitTests {
    let keygen: Keygen
    let work: WorkTree
    let repository: Repository

    init() throws {
        keygen = try Keygen()
        let pair = try keygen.scratch.makePair()
        work = pair.work
        try work.git("config", "gpg.format", "ssh")
        try work.git("config", "gpg.ssh.allowedSignersFile", keygen.scratch.file("allowed"))
        repository = try Repository(localAt: work.path)
    }

    @Test(arguments: Keygen.Kind.eachAlgorithm + [.rsa4096])
    func aCommitSignedByGitHolds(_ kind: Keygen.Kind) throws {
        let key = try sign(with: kind)
        let commit = try signedCommit("-m", "office: add a printer")
        try check(commit, by: key)
    }

    @Test func theSignatureIsOfEverythingElseInTheCommit() throws {
        let key = try sign(with: .ed25519)
        let commit = try signedCommit("-m", "office: add a printer")
        let signature = try SSHSignature(armored: try #require(commit.signature))
        for index in commit.payload.indices {
            var changed = commit.payload
            changed[index] ^= 1
            #expect(refusal { try signature.verify(changed, by: key) } == .wrongSignature)
        }
    }

    @Test func theSignatureOfAnotherCommitIsRefused() throws {
        let key = try sign(with: .ed25519)
        let first = try signedCommit("-m", "office: add a printer")
        let second = try signedCommit("-m", "office: remove the printer")
        let signature = try SSHSignature(armored: try #require(first.signature))
        #expect(refusal { try signature.verify(second.payload, by: key) } == .wrongSignature)
    }

    @Test func aCommitWithoutSignatureIsAllPayload() async throws {
        try work.commit("office: add a printer")
        let all = try bytes()
        let commit = try SignedCommit(all)
        #expect(commit.signature == nil)
        #expect(commit.payload == all)
        let read = try await repository.commitBytes(work.head())
        #expect(read == all)
    }

    @Test func messagesAndHeadersOfAnyShapeHold() throws {
        let key = try sign(with: .ed25519)
        for message in [
            "", "no line break at the end", "gpgsig in\n\ngpgsig a\n b\n", "lines\r\nthat end\r\nas of old\r\n",
            " begins with a space\n", "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n", "Grüße\n\n\n\n",
        ] {
            let file = try keygen.scratch.write("text", message)
            let commit = try signedCommit("--allow-empty-message", "--cleanup=verbatim", "-F", file)
            try check(commit, by: key)
        }
        try work.git("config", "i18n.commitEncoding", "ISO-8859-1")
        let commit = try signedCommit("-m", "Gr\u{fc}n")
        #expect(String(decoding: commit.payload, as: UTF8.self).contains("\nencoding ISO-8859-1\n"))
        try check(commit, by: key)
    }

    @Test func mergesHoldAlsoOfSignedTags() throws {
        let key = try sign(with: .p256)
        try work.commit("base")
        for branch in ["left", "right"] {
            try work.git("checkout", "-q", "-b", branch, "main")
            try work.write(branch, branch)
            try work.commit(branch)
        }
        try work.git("tag", "-s", "-m", "a tag\n\nthat says much", "tagged", "left")
        try work.git("checkout", "-q", "main")
        try work.git("merge", "-q", "--no-ff", "-S", "-m", "merge a tag", "tagged")
        let tagged = try head()
        #expect(String(decoding: tagged.payload, as: UTF8.self).contains("\nmergetag object "))
        try check(tagged, by: key)
        try work.git("merge", "-q", "--no-ff", "-S", "-m", "merge a branch", "right")
        let merged = try head()
        try check(merged, by: key)
        #expect(String(decoding: merged.payload, as: UTF8.self).split(separator: "\nparent ").count == 3)
    }

    @Test func aCommitThatWeSignIsGoodToGit() throws {
        let path = try keygen.makeKey(.ed25519)
        let signer = try keygen.privateKey(path)
        _ = try keygen.allowedSigners([signer.key])
        try work.commit("office: add a printer")
        let payload = try bytes()
        let signature = try SSHSignature(payload, by: signer)
        let object = try #require(SignedCommit.object(payload, signature: signature.armored))
        try store(object)
        try work.git("verify-commit", "HEAD")
        try check(head(), by: signer.key)
        #expect(SignedCommit.object(object, signature: signature.armored) == nil, "signed already")
    }

    /// What git leaves out of what is signed, we leave out; what would give a commit other parents, git is not asked.
    @Test func headersOfOtherSignaturesAreLeftOut() throws {
        let path = try keygen.makeKey(.ed25519)
        let signer = try keygen.privateKey(path)
        _ = try keygen.allowedSigners([signer.key])
        try work.commit("office: add a printer")
        let payload = try bytes()
        let signature = try SSHSignature(payload, by: signer)
        let object = try #require(SignedCommit.object(payload, signature: signature.armored))
        for header in ["gpgsig-sha256 -----BEGIN\n more\n", "gpgsigned yes\n", "gpgsig\n"] {
            try store(inserting(header, before: "\n\n", in: object))
            try work.git("verify-commit", "HEAD")
            try check(head(), by: signer.key)
        }
        try store(inserting("encoding UTF-8\n", before: "\n\n", in: object))
        #expect(throws: Command.Failure.self) { try work.git("verify-commit", "HEAD") }
        let more = try head()
        #expect(refusal { try signature.verify(more.payload, by: signer.key) } == .wrongSignature)
    }

    @Test func signaturesAmongTheParentsAreRefused() throws {
        let signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n -----END SSH SIGNATURE-----\n"
        let lines = ["tree a\n", "parent b\n", "parent c\n", "author d\n", "committer e\n"]
        for position in 0..<lines.count {
            for header in [signature, "gpgsig-sha256 x\n"] {
                let object = (lines[..<position] + [header] + lines[position...]).joined() + "\ntext\n"
                #expect(throws: SignedCommit.Refusal.misplaced) { try SignedCommit(Array(object.utf8)) }
                let late = lines.joined() + header + lines[position] + "\ntext\n"
                #expect(throws: SignedCommit.Refusal.misplaced) { try SignedCommit(Array(late.utf8)) }
            }
        }
        let good = try SignedCommit(Array((lines.joined() + signature + "HG:rename x\n\ntext\n").utf8))
        #expect(good.payload == Array((lines.joined() + "HG:rename x\n\ntext\n").utf8))
        #expect(good.signature == Array("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n".utf8))
        #expect(throws: SignedCommit.Refusal.several) {
            try SignedCommit(Array((lines.joined() + signature + signature + "\n").utf8))
        }
        #expect(throws: SignedCommit.Refusal.malformed) {
            try SignedCommit(Array((lines.joined() + "x \0y\n" + signature + "\n").utf8))
        }
    }

    // MARK: Support

    /// Makes a key and has git sign with it.
    private func sign(with kind: Keygen.Kind) throws -> SSHKey {
        let path = try keygen.makeKey(kind)
        try work.git("config", "user.signingKey", path)
        let key = try keygen.publicKey(path)
        _ = try keygen.allowedSigners([key])
        return key
    }

    private func signedCommit(_ options: String...) throws -> SignedCommit {
        try Command.run(arguments: ["git", "-C", work.path, "commit", "-q", "--allow-empty", "-S"] + options)
        try work.git("verify-commit", "HEAD")
        return try head()
    }

    /// As git has it.
    private func bytes() throws -> [UInt8] {
        let file = keygen.scratch.file("object")
        try Command.run("sh", "-c", "git -C '\(work.path)' cat-file commit HEAD > '\(file)'")
        return try Array(Data(contentsOf: URL(filePath: file)))
    }

    private func head() throws -> SignedCommit { try SignedCommit(bytes()) }

    private func check(_ commit: SignedCommit, by key: SSHKey) throws {
        let signature = try SSHSignature(armored: try #require(commit.signature))
        try signature.verify(commit.payload, by: key)
    }

    /// Writes a commit as it is, and points HEAD to it.
    private func store(_ object: [UInt8]) throws {
        let id = try Command.run(
            arguments: ["git", "-C", work.path, "hash-object", "-t", "commit", "-w", "--stdin"], input: Data(object))
        try work.git("update-ref", "HEAD", id.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private func inserting(_ header: String, before end: String, in object: [UInt8]) throws -> [UInt8] {
        let text = String(decoding: object, as: UTF8.self)
        let place = try #require(text.range(of: end)).lowerBound
        return Array((text[..<place] + "\n" + header.dropLast() + text[place...]).utf8)
    }
}
