internal import ArgumentParser
internal import Controllers

/// `cvlan status`: which commit is in force, and what holds another one back.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Which commit is in force, and what holds a newer one back.",
        discussion: "Exits with 1 when main is not in force as it is.")

    @OptionGroup var server: ServerOptions

    func run() async throws {
        var isInForce = true
        try await server.show("/v1/status", as: StatusDocument.self) { document in
            let controller = document.controller
            isInForce = controller.phase == .inForce && controller.trouble.isEmpty
            return Self.lines(document)
        }
        if !server.json, !isInForce { throw ExitCode(1) }
    }

    private static func lines(_ document: StatusDocument) -> [String] {
        let controller = document.controller
        var lines = [
            "repository  \(controller.repository), branch \(controller.branch)",
            "main        \(controller.sourceCommit?.prefix(12) ?? "none yet"): \(controller.phase.rawValue)",
            "state       \(controller.stateCommit?.prefix(12) ?? "none yet"), height \(controller.height)",
            "signatures  \(controller.authorization)",
            "nodes       \(document.nodes), connected \(document.connected)",
        ]
        if document.stale > 0 {
            lines.append("stale       \(document.stale) nodes that nobody vouches for; see `get nodes`")
        }
        if !controller.trouble.isEmpty { lines.append("trouble     \(controller.trouble)") }
        lines += controller.errors + controller.warnings
        for (name, tenant) in controller.tenants.sorted(by: { $0.key < $1.key }) {
            let commit = tenant.sourceCommit?.prefix(12) ?? "nothing"
            lines.append("tenant \(name): \(tenant.phase.rawValue), \(commit) in force, \(tenant.nodes) nodes")
            lines += tenant.errors
        }
        return lines
    }
}
