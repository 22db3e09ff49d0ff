internal import ArgumentParser
internal import Authorization
internal import Foundation
internal import GitRepository
internal import Lint
internal import Manifests
internal import Plan
internal import SSHSignatures

/// `cvlan approve`: one more person who stands for a commit.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Stand for a commit that somebody else has made, with a signature.",
        discussion: """
            Tells what the commit changes and who stands for it, signs an approval of it, and publishes that as a note \
            (git notes --ref cvlan-approvals). It counts for what your role allows. With --adopt, a superadmin takes the \
            whole tree of a commit as it is: so an old repository begins, and with --replaces a rewritten history.
            """)

    @Argument(help: ArgumentHelp("A commit: its id, a branch, HEAD~2.", valueName: "commit"))
    var commit: String?

    @Flag(help: "Take the tree of the commit as it is, whoever made it. Superadmins alone can.")
    var adopt = false

    @Option(
        help: ArgumentHelp(
            "With --adopt: the commit that was published last, of the history that this one replaces.",
            valueName: "commit"))
    var replaces: String?

    @OptionGroup var keys: ApprovalKeyOptions

    @Flag(help: "Show the approvals that there are, and sign nothing.")
    var list = false

    @Flag(
        name: .customLong("no-push"), help: "Leave the note in this clone: git push origin refs/notes/cvlan-approvals.")
    var noPush = false

    @OptionGroup var repository: RepositoryOptions

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    func validate() throws {
        guard list == (commit == nil) else { throw ValidationError("say which commit to approve, or --list") }
        guard replaces == nil || adopt else { throw ValidationError("--replaces goes with --adopt") }
    }

    func run() async throws {
        StandardStreams.prepare()
        try await FlowOptions.failing("approve") {
            let repository = try repository.open()
            let records = try await ApprovalRecords(repository, stateBranch: stateBranch)
            if let commit {
                try await approve(try await repository.resolve(commit), in: repository, records)
            } else {
                try await show(records, repository)
            }
        }
    }

    private func approve(_ commit: ObjectID, in repository: Repository, _ records: ApprovalRecords) async throws {
        let signer = try await keys.signer(repository)
        let subject = try await repository.commit(commit).subject
        try say("\(commit) \(subject)")
        if adopt {
            if let root = records.root, !root.superadmins.values.contains(where: { $0.contains(signer.key) }) {
                throw ValidationError("\(signer.key.fingerprint) is no superadmin's key: nobody else adopts a commit")
            }
            try say("its whole tree is taken as it is, whoever made it")
        } else {
            try await tell(of: commit, signer.key, in: repository, records)
        }
        try await sign(commit, by: signer, in: repository)
    }

    private func tell(
        of commit: ObjectID, _ key: SSHKey, in repository: Repository, _ records: ApprovalRecords
    ) async throws {
        let root = records.root ?? RootAuthority(superadmins: [:])
        let prospect = try await ApprovalProspect(
            of: commit, in: repository, root: root, approvals: Approvals(records.book))
        try say("\(prospect)")
        guard prospect.verdict.proof.key != key else {
            throw ValidationError("you signed this commit yourself: you stand for it already")
        }
        guard prospect.counts(key) else {
            guard records.root == nil else {
                throw ValidationError(
                    "\(key.fingerprint) has no role for any of this: an approval by it would count for nothing")
            }
            return StandardStreams.say(
                "cvlan approve: unless this is a superadmin's key, the approval counts for nothing; the branch "
                    + "\(stateBranch) is not here to tell")
        }
    }

    private func sign(_ commit: ObjectID, by signer: any SSHSigner, in repository: Repository) async throws {
        let name = try await repository.configuration("user.name") ?? NSUserName()
        let email = try await repository.configuration("user.email") ?? ""
        var replaced: ObjectID?
        // One whose history was rewritten may be nowhere in this clone.
        if let replaces, let id = ObjectID(replaces) {
            replaced = id
        } else if let replaces {
            replaced = try await repository.resolve(replaces)
        }
        let now = Int64(Date().timeIntervalSince1970)
        let kind: ApprovalStatement.Kind = adopt ? .adoption(replacing: replaced) : .approval
        guard
            let statement = ApprovalStatement(
                kind, of: commit, by: name, at: Timestamp(secondsSince1970: now))
        else { throw ValidationError("git config user.name is no name for an approval: one line, 128 bytes at most") }
        let signed = try SignedStatement(statement, by: signer)
        let author = Identity(name: name, email: email, seconds: now)
        try await repository.appendNote(Array(signed.text.utf8), to: commit, in: ApprovalBook.notes, by: author)
        try say("\(adopt ? "adopted" : "approved") as \(name), with \(signer.key.fingerprint)")
        try await publish(repository, author)
    }

    private func publish(_ repository: Repository, _ author: Identity) async throws {
        let manually = "git push REMOTE refs/notes/\(ApprovalBook.notes)"
        guard !noPush else { return try say("not published: \(manually)") }
        guard let remote = try await repository.pushLocation() else {
            return try say("this clone has no remote: \(manually)")
        }
        do {
            try await repository.shareNotes(ApprovalBook.notes, with: remote, by: author)
            try say("published to \(remote)")
        } catch {
            throw ValidationError("the note is here, but not at \(remote): \(error). Try: \(manually)")
        }
    }

    private func show(_ records: ApprovalRecords, _ repository: Repository) async throws {
        for commit in records.book.commits {
            let subject = (try? await repository.commit(commit).subject) ?? "(not in this clone)"
            try say("\(commit) \(subject)")
            for entry in records.book.entries(of: commit) { try say("  \(Self.line(entry))") }
        }
        for problem in records.book.problems { try say("counts for nothing: \(problem)") }
    }

    private static func line(_ entry: ApprovalBook.Entry) -> String {
        let statement = entry.statement.statement
        let verb =
            switch statement.kind {
            case .approval: "approved"
            case .adoption(nil): "adopted"
            case .adoption(let replaced?): "adopted in the place of \(replaced)"
            }
        let place = entry.isRecorded ? ", recorded in the state branch" : ""
        return "\(verb) by \(statement.approver), \(entry.statement.key.fingerprint), at \(statement.time)\(place)"
    }

    private func say(_ text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try StandardStreams.write(lines.map { VisibleText.of(String($0)) + "\n" }.joined())
    }
}
