internal import ArgumentParser
internal import Foundation
internal import Sodium
internal import Trust

/// `cvlan key`: the keys that the root document names, and the root itself. Works offline.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make, list, rotate and revoke the keys that the root document names. Works offline.",
        subcommands: [
            KeyMakeCommand.self, KeyListCommand.self, KeyRotateCommand.self, KeyRevokeCommand.self,
            KeyRootCommand.self,
        ])
}

/// Where passphrases and PINs come from.
struct PassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file whose first line is the passphrase or PIN (default: CVLAN_PASSPHRASE_FILE, else the terminal).",
            valueName: "file"))
    var passphraseFile: String?

    var source: PassphraseSource { passphraseFile.map { .file($0) } ?? .ofEnvironment }
    var access: KeyAccess { KeyAccess(passphrase: source) }
}

/// A new signing key, or one that is there already.
struct NewKeyOptions: ParsableArguments {
    @Flag(help: "Encrypt the new key with a passphrase (Argon2id).")
    var encrypt = false

    @Option(
        help: ArgumentHelp(
            "Take a key that is elsewhere: ssh-agent:SHA256:… or pkcs11:token=…;object=…?module-path=….",
            valueName: "reference"))
    var at: String?

    func validate() throws {
        guard !encrypt || at == nil else { throw ValidationError("a key that is elsewhere is not encrypted here") }
    }

    /// Writes the key file and opens it once: the public key. Nothing is left of what cannot be opened.
    func write(to file: KeyFile, _ passphrase: PassphraseOptions) throws -> Ed25519.PublicKey {
        if let at {
            try file.write(reference: at)
        } else if encrypt {
            try file.write(
                Ed25519.PrivateKey(), passphrase: try passphrase.source.read(for: "the new key \(file.path)"))
        } else {
            try file.write(Ed25519.PrivateKey())
        }
        do {
            return try passphrase.access.open(file).publicKey
        } catch {
            try? FileManager.default.removeItem(atPath: file.path)
            throw error
        }
    }
}

/// `cvlan key make`: a key for a holder, or for a role.
struct KeyMakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Make an Ed25519 key, as a holder of a root key does, and print its public half."
    )

    @Argument(help: "The file for the key (mode 0600); must not exist.")
    var file: String

    @OptionGroup var key: NewKeyOptions
    @OptionGroup var passphrase: PassphraseOptions

    func run() async throws {
        let file = KeyFile(file)
        guard !file.exists else { throw ValidationError("\(file.path) exists already; a key is not overwritten") }
        let publicKey = try key.write(to: file, passphrase)
        print("key     \(KeyID(of: publicKey))")
        print("public  \(PASERK.encode(publicKey))")
    }
}

/// `cvlan key list`: what the root in force says.
struct KeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys that the root document names: their roles, and where they are.")

    @Option(help: "The controller's directory.")
    var dir: String

    func run() async throws {
        let ceremony = try KeyCeremony(reading: dir)
        var lines = RootText(ceremony.root.document, at: Date()).lines { key in try? ceremony.whereabouts(of: key) }
        let waiting = ceremony.waiting
        if !waiting.isEmpty { lines += ["", "Waiting for a root that names them; remove what none will:"] + waiting }
        try StandardStreams.write(lines.joined(separator: "\n") + "\n")
    }
}
