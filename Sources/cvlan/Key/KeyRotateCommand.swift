internal import ArgumentParser
internal import Foundation
internal import Sodium
internal import Trust

/// Who signs the next root, and what becomes of it when that are too few.
struct NextRootOptions: ParsableArguments {
    @Option(help: "The controller's directory.")
    var dir: String

    @Option(
        help: ArgumentHelp(
            "A root key to sign the next root with; repeatable (default: keys/root.key, where it is there).",
            valueName: "file"))
    var rootKey: [String] = []

    @Option(help: ArgumentHelp("For how many days the next root holds.", valueName: "days"))
    var days = 5 * 365

    @OptionGroup var passphrase: PassphraseOptions

    func validate() throws {
        guard (1...36500).contains(days) else { throw ValidationError("--days is a number from 1 to 36500") }
    }

    func expiry(from now: Date) -> Date { now.addingTimeInterval(Double(days) * 86400) }

    /// Changes the root in force; publishes it where the keys at hand suffice, else leaves a draft for other holders.
    func change(_ body: (KeyCeremony, inout RootDocument) throws -> Void) throws {
        let ceremony = try KeyCeremony(directory: dir)
        // The draft is written under its lock too.
        defer { withExtendedLifetime(ceremony) {} }
        var document = try ceremony.root.document.successor(expires: expiry(from: Date()))
        let signers = try keys(ceremony).map { try passphrase.access.open($0) }
        try body(ceremony, &document)
        var draft = try RootDraft(document)
        let named = Set((ceremony.root.document.publicKeys(for: .root)) + document.publicKeys(for: .root))
        for signer in signers where named.contains(signer.publicKey) { try draft.sign(by: signer) }
        // A new root key that was made here signs for itself.
        for file in ceremony.waitingRootKeys(of: document) { try draft.sign(by: try passphrase.access.open(file)) }
        let missing = draft.missing(after: ceremony.root)
        guard missing.isEmpty else {
            let file = "\(dir)/root.draft"
            try DurableFile.write(try draft.encoded, to: file)
            print("\(file): version \(document.version), \(missing)")
            print("Each holder:  cvlan key root sign \(file) --key THEIR.key")
            print("Then:         cvlan key root publish \(file) --dir \(dir)")
            return
        }
        print(
            "root \(try ceremony.publish(draft.envelope).document.version) is in force; running controllers take it up")
    }

    private func keys(_ ceremony: KeyCeremony) -> [KeyFile] {
        guard rootKey.isEmpty else { return rootKey.map(KeyFile.init) }
        let own = ceremony.file(of: .root)
        return own.exists ? [own] : []
    }
}

/// `cvlan key rotate`: another key for a role.
struct KeyRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Put another key in the place of one, by the next root document.",
        discussion: """
            Agents that were away follow the chain of roots when they are back. What the old key signed is worth nothing \
            to those who have the new root. Rotating `ca` keeps the old CA until `--drop-old`, so that nodes can renew.
            """)

    @Argument(help: "config, state, timestamp, enrollment, root, proof or ca.")
    var subject: KeyCeremony.Subject

    @Flag(help: "Of `ca`: what the old CA issued is worth nothing from now on. Nodes enrol again by themselves.")
    var dropOld = false

    @OptionGroup var key: NewKeyOptions
    @OptionGroup var next: NextRootOptions

    func validate() throws {
        guard !dropOld || subject == .authority else { throw ValidationError("--drop-old is of `ca` alone") }
    }

    func run() async throws {
        try next.change { ceremony, document in
            switch subject {
            case .signing(let role):
                guard role != .root || document.publicKeys(for: .root).count == 1 else {
                    throw ValidationError(
                        "there are several root keys: say which, by `cvlan key root draft --remove KEY --add root=k4.public.…`"
                    )
                }
                document.replace(role, by: try ceremony.stage(role) { try key.write(to: $0, next.passphrase) })
            case .proof:
                try ceremony.stageProofKey(in: &document)
            case .authority:
                var generator = SystemRandomNumberGenerator()
                try ceremony.stageAuthority(
                    in: &document, keepingOld: !dropOld, now: Date(), using: &generator)
            }
        }
    }
}

/// `cvlan key revoke`: one key less.
struct KeyRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take all roles from a key, by the next root document.")

    @Argument(help: "The key's id, as `cvlan key list` shows it.")
    var key: String

    @OptionGroup var next: NextRootOptions

    func run() async throws {
        try next.change { _, document in try document.revoke(key) }
    }
}

extension KeyCeremony.Subject: ExpressibleByArgument {}
