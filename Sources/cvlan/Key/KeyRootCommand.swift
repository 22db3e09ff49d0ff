internal import ArgumentParser
internal import Controllers
internal import Foundation
internal import Sodium
internal import Trust

/// `cvlan key root`: the ceremony by which several holders make the next root.
struct KeyRootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", abstract: "Draft, show, sign and publish root documents.",
        subcommands: [
            RootDraftCommand.self, RootShowCommand.self, RootSignCommand.self, RootPublishCommand.self,
        ])
}

/// `cvlan key root draft`: changes that only the root says, for its holders to sign.
struct RootDraftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft", abstract: "Change what the root says, and sign it with the root keys at hand.",
        discussion: "Published at once where these keys suffice; else a draft is left for other holders to sign.")

    @Option(help: ArgumentHelp("Give a role to a key: root=k4.public.…; repeatable.", valueName: "role=key"))
    var add: [RoleArgument] = []

    @Option(help: ArgumentHelp("Take all roles from a key; repeatable.", valueName: "key"))
    var remove: [String] = []

    @Option(help: "How many root keys sign the next root.")
    var threshold: Int?

    @Option(help: ArgumentHelp("Name or replace a superadmin; repeatable.", valueName: "name=file.pub"))
    var superadmin: [SuperadminArgument] = []

    @Option(help: ArgumentHelp("Take a superadmin away; repeatable.", valueName: "name"))
    var removeSuperadmin: [String] = []

    @Option(help: "off, warn or enforce.")
    var authorization: RootDocument.AuthorizationMode?

    @OptionGroup var next: NextRootOptions

    func run() async throws {
        try next.change { _, document in
            for argument in add { document.add(argument.key, role: argument.role) }
            if let threshold { document.threshold = threshold }
            for id in remove { try document.revoke(id) }
            for name in removeSuperadmin {
                guard document.superadmins.contains(where: { $0.name == name }) else {
                    throw ValidationError("the root names no superadmin '\(name)'")
                }
                document.superadmins.removeAll { $0.name == name }
            }
            for argument in superadmin {
                let person = try argument.read()
                document.superadmins.removeAll { $0.name == person.name }
                document.superadmins.append(person)
            }
            if let authorization { document.authorization = authorization }
        }
    }
}

/// `ROLE=k4.public.…`.
struct RoleArgument: ExpressibleByArgument {
    let role: RootDocument.Role
    let key: Ed25519.PublicKey

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let role = RootDocument.Role.allCases.first(where: { "\($0)" == parts[0] }),
            let key = try? PASERK.publicKey(parts[1])
        else { return nil }
        self.role = role
        self.key = key
    }
}

/// `cvlan key root show`: what a holder should read before signing.
struct RootShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a root document or a draft says.")

    @Argument(help: "The file.")
    var file: String

    func run() async throws {
        let draft = try RootDraft(reading: file)
        let lines =
            RootText(draft.document, at: Date()).lines() + ["", "pin  \(RootPin(ofPayload: draft.envelope.payload))"]
        try StandardStreams.write(lines.joined(separator: "\n") + "\n")
    }
}

/// `cvlan key root sign`: one holder's signature.
struct RootSignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Add a holder's signature to a draft; show it first.")

    @Argument(help: "The draft; it is written back with the signature.")
    var file: String

    @Option(help: "The holder's key file.")
    var key: String

    @OptionGroup var passphrase: PassphraseOptions

    func run() async throws {
        var draft = try RootDraft(reading: file)
        let signer = try passphrase.access.open(KeyFile(key))
        try draft.sign(by: signer)
        try DurableFile.write(try draft.encoded, to: file)
        print("\(file): version \(draft.document.version), signed by \(KeyID(of: signer.publicKey))")
    }
}

/// `cvlan key root publish`: what the holders signed comes into force.
struct RootPublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Put a signed draft into force.",
        discussion: "Several copies of one draft, each signed by somebody else, are put together.")

    @Argument(help: "The draft, or its copies.")
    var files: [String]

    @Option(help: "The controller's directory.")
    var dir: String

    func run() async throws {
        let ceremony = try KeyCeremony(directory: dir)
        var draft = try RootDraft(reading: files[0])
        for file in files.dropFirst() { try draft.merge(try RootDraft(reading: file)) }
        let missing = draft.missing(after: ceremony.root)
        guard missing.isEmpty else { throw ValidationError("version \(draft.document.version) \(missing)") }
        let version = try ceremony.publish(draft.envelope).document.version
        print("root \(version) is in force; running controllers take it up")
    }
}

extension RootDraft {
    init(reading file: String) throws {
        try self.init(decoding: Data(try DurableFile.read(file)))
    }
}
