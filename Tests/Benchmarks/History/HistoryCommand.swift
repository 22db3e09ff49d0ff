internal import ArgumentParser

/// `cvlan-history`: a long history of signed commits, and how long it takes to judge it.
@main
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan-history", abstract: "Make and judge long histories of signed commits.",
        subcommands: [MakeCommand.self, JudgeCommand.self])
}

/// What both sides know of a repository that was made.
struct HistoryFolder: ParsableArguments {
    @Argument(help: "A bare repository that `git init --bare` has made.")
    var repository: String

    /// The superadmin's key, as a line of `authorized_keys`.
    var superadminFile: String { repository + "/superadmin.pub" }
    /// As `gpg.ssh.allowedSignersFile` wants it.
    var allowedSignersFile: String { repository + "/allowed_signers" }
}
