internal import ArgumentParser
internal import Foundation
internal import GitRepository
internal import SSHSignatures
internal import Sodium

/// Ed25519 signatures of a superadmin, who makes the tenant, and of two members, who change its nodes. Every fifth step is a
/// merge of two branches, which nobody signs.
struct MakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "make", abstract: "Make a history on main.")

    @OptionGroup var folder: HistoryFolder

    @Option(help: "How many commits.")
    var commits = 10_000

    @Option(help: "How many nodes they change in turns.")
    var nodes = 500

    func run() async throws {
        let (root, alice, bob) = (Self.key(), Self.key(), Self.key())
        try "\(root.key) root\n".write(toFile: folder.superadminFile, atomically: true, encoding: .utf8)
        let signers = [root, alice, bob].map { "people \($0.key)\n" }.joined()
        try signers.write(toFile: folder.allowedSignersFile, atomically: true, encoding: .utf8)
        var history = History(repository: try Repository(at: .local(path: folder.repository)), nodes: nodes)
        var main = try await history.add(Self.tenant([("alice", alice), ("bob", bob)]), onto: [], signedBy: root)
        while history.count < commits {
            guard history.count % 5 == 0 else {
                main = try await history.add(history.node(0), onto: [main], signedBy: bob)
                continue
            }
            let (first, second) = (history.node(0), history.node(1))
            let left = try await history.add(first, onto: [main], signedBy: bob)
            let right = try await history.add(second, onto: [main], signedBy: alice)
            main = try await history.add(second, onto: [left, right], signedBy: nil)
        }
        try await history.repository.moveBranch("main", from: nil, to: main)
    }

    private static func key() -> SSHPrivateKey { SSHPrivateKey(Ed25519.PrivateKey()) }

    private static func tenant(_ members: [(name: String, key: SSHPrivateKey)]) -> [String: String] {
        let lines = members.map { "    - { name: \($0.name), role: member, keys: [\"\($0.key.key)\"] }\n" }
        return [
            "acme/tenant.yaml":
                "apiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { name: acme }\nspec:\n  members:\n" + lines.joined(),
            "acme/office.yaml": """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.1.0.0/16] }

            """,
        ]
    }
}

private struct History {
    let repository: Repository
    let nodes: Int
    private(set) var count = 0

    init(repository: Repository, nodes: Int) {
        self.repository = repository
        self.nodes = nodes
    }

    /// Changes the node whose turn it is, or one of those after it.
    func node(_ offset: Int) -> [String: String] {
        let number = count + offset
        let name = "n\(number % nodes)"
        let text = """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: \(name) }
            spec: { networks: [{ cvlan: office }], endpoints: ["192.0.2.1:\(1 + number % 60_000)"] }

            """
        return ["acme/nodes/\(number % 20)/\(name).yaml": text]
    }

    mutating func add(
        _ files: [String: String], onto parents: [ObjectID], signedBy key: SSHPrivateKey?
    ) async throws -> ObjectID {
        let author = Identity(
            name: "People", email: "people@example.org", seconds: 1_700_000_000 + 60 * Int64(count))
        let message = "step \(count)\n"
        count += 1
        return try await repository.makeCommit(
            files.mapValues { .write($0) }, onTreeOf: parents.first, parents: parents, author: author,
            committer: author, message: message,
            signedBy: key.map { key in { try SSHSignature($0, by: key).armored } })
    }
}
