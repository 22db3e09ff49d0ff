internal import ArgumentParser
internal import Foundation
internal import Sodium
internal import Trust

/// `cvlan token`: join tokens and the keys that sign them. Works offline.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make join tokens, and keys to sign them. Works offline.",
        subcommands: [TokenKeyCommand.self, TokenCreateCommand.self])
}

/// `cvlan token key`: a new signing key.
struct TokenKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make a key that signs join tokens, and print its public half.",
        discussion: "Put the public key into the tenant's manifest: spec.enrollment.tokenKeys.")

    @Option(help: "The file for the secret key (mode 0600); must not exist.")
    var out: String

    func run() async throws {
        let file = KeyFile(out)
        guard !file.exists else { throw ValidationError("\(out) exists already; a key is not overwritten") }
        let key = Ed25519.PrivateKey()
        try file.write(key)
        print(PASERK.encode(key.publicKey))
    }
}

/// `cvlan token create`: a new join token.
struct TokenCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a join token and print it.",
        discussion: """
            What it prints is TOKEN~SEED. Whoever reads it can join; the machine that joins keeps the seed to itself, so that \
            nobody can join again with what it shows the controller, or with what is then in git.
            """)

    @Option(help: "The file with the secret key that `cvlan token key` made.")
    var key: String

    @Option(help: "The tenant that the node joins.")
    var tenant: String

    @Option(help: "A network that the node joins; may be repeated.")
    var cvlan: [String]

    @Option(help: "client, gateway or relay.")
    var role: JoinToken.Role = .client

    @Option(help: "A label KEY=VALUE that the node gets; may be repeated.")
    var label: [String] = []

    @Option(help: "The name that the node must take; left out, it chooses.")
    var node: String?

    @Option(help: "How many nodes may join with it.")
    var uses = 1

    @Option(help: "How long it is valid: 30m, 24h, 7d.")
    var expires = "24h"

    @Option(help: "https://HOST:PORT of the controller.")
    var controller: String

    @Option(help: "sha256:HEX of the root document, as `cvlan controller init` printed it.")
    var root: String

    func run() async throws {
        guard let lifetime = Self.seconds(expires) else {
            throw ValidationError("--expires takes a number with m, h or d, such as 24h; not \(expires)")
        }
        guard let pin = RootPin(root) else {
            throw ValidationError("--root takes sha256: and 64 hexadecimal digits")
        }
        var labels: [String: String] = [:]
        for text in label {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("--label takes KEY=VALUE, not \(text)")
            }
            labels[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        let now = Date()
        let holder = Ed25519.PrivateKey()
        let claims = JoinToken(
            id: JoinToken.newID(), key: holder.publicKey, tenant: tenant, cvlans: cvlan, role: role, labels: labels,
            node: node, uses: uses,
            issuedAt: now, expires: now + TimeInterval(lifetime), root: pin, url: controller)
        let token = try HeldJoinToken(claims, heldBy: holder, signedBy: try KeyFile(key).readEd25519())
        print(token.text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }

    private static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["m": 60, "h": 3600, "d": 86400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (1...10_000).contains(count)
        else { return nil }
        return count * unit
    }
}

extension JoinToken.Role: ExpressibleByArgument {}
