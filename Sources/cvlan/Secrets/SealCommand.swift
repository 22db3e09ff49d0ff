internal import ArgumentParser
internal import Foundation
internal import Manifests
internal import Plan
internal import Sodium
internal import Trust

/// `cvlan seal`: a Secret for the nodes that need it.
struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Seal a value to nodes, and print the Secret that holds it.",
        discussion: """
            The value comes from standard input, without the line's end; at a terminal it is asked for and not shown. Only \
            the nodes that it is sealed to can read it, under this name and in this tenant: not you, not the controller, \
            and nobody who can read the repository. Seal it anew when a node gets another key: \
            `cvlan seal --stale` lists what that is to be done for, and exits with 1 when there is any.
            """)

    @Argument(help: ArgumentHelp("The name of the Secret.", valueName: "name"))
    var name: String?

    @Flag(help: "Seal nothing: list the Secrets that are sealed to keys which their nodes have no more.")
    var stale = false

    @Option(help: "A node that needs it; may be repeated. Left out: those that the Secret is sealed to now.")
    var node: [String] = []

    @Option(name: .shortAndLong, help: "The tenant, where the names alone do not tell.")
    var tenant: String?

    @OptionGroup var repository: RepositoryOptions

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    func run() async throws {
        StandardStreams.prepare()
        let isStale = try await FlowOptions.failing("seal") {
            let name = try checkedName()
            let lookup = try await TenantLookup(
                try repository.open(), commit: nil, stateBranch: stateBranch,
                at: Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)))
            guard let name else { return try list(lookup.stale(of: tenant)) }
            let manifests = try lookup.tenant(tenant, having: "what is named") { manifests in
                node.isEmpty
                    ? manifests.secrets[name] != nil : node.allSatisfy { manifests.nodes[$0] != nil }
            }
            let recipients = try recipients(of: name, manifests)
            let value = try SecretInput.read()
            try StandardStreams.write(try secret(name, value, manifests, recipients).yaml)
            return false
        }
        if isStale { throw ExitCode(1) }
    }

    /// `nil` where nothing is to be sealed, but listed.
    private func checkedName() throws -> String? {
        guard !stale else {
            guard name == nil, node.isEmpty else { throw ValidationError("--stale takes neither a name nor --node") }
            return nil
        }
        guard let name else { throw ValidationError("say which Secret, or ask with --stale what to seal anew") }
        guard DomainName.isLabel(name) else {
            throw ValidationError("`\(name)` is no name for a Secret: lower-case letters, digits and -, 63 at most")
        }
        guard Set(node).count == node.count else { throw ValidationError("a node is named twice") }
        return name
    }

    /// One line for each Secret: what to do about it.
    private func list(_ stale: [StaleSecret]) throws -> Bool {
        try StandardStreams.write(stale.map { $0.description + "\n" }.joined())
        return !stale.isEmpty
    }

    private func recipients(of name: String, _ manifests: TenantManifests) throws -> [(
        node: String, key: NodePublicKey
    )] {
        let names = node.isEmpty ? manifests.secrets[name]?.sealed.map(\.node) ?? [] : node
        guard !names.isEmpty else { throw ValidationError("say with --node who needs it") }
        return try names.map { node in
            guard let declared = manifests.nodes[node] else {
                throw ValidationError("tenant \(manifests.name) has no node \(node)")
            }
            guard let key = declared.publicKey else {
                throw ValidationError("node \(node) has no key yet: it has not enrolled")
            }
            return (node, key)
        }
    }

    /// What else the manifest says stays.
    private func secret(
        _ name: String, _ value: SecretBytes, _ manifests: TenantManifests,
        _ recipients: [(node: String, key: NodePublicKey)]
    ) throws -> Secret {
        var secret = manifests.secrets[name] ?? Secret(metadata: Metadata(tenant: manifests.name, name: name))
        let place = SealedSecret.Place(tenant: manifests.name, secret: name)
        let others = secret.sealed.map(\.node).filter { other in !recipients.contains { $0.node == other } }
        if !others.isEmpty {
            StandardStreams.say("cvlan seal: no longer sealed to \(others.joined(separator: ", "))")
        }
        secret.sealed = try recipients.map { node, key in
            guard let recipient = X25519.PublicKey(key.bytes),
                let box = SealedSecret.seal(value, at: place, to: recipient), let text = SealedText(bytes: box)
            else { throw ValidationError("the key of node \(node) is none that anything can be sealed to") }
            return Secret.SealedValue(node: Located(node), publicKey: Located(key), value: Located(text))
        }
        return secret
    }
}
