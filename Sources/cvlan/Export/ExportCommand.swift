internal import ArgumentParser
internal import Foundation
internal import Manifests
internal import Plan

/// `cvlan export`: the other side's configuration.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print how a device without our agent is to be set up.",
        discussion: """
            For an external node with `ipsec`: strongSwan's swanctl.conf, or what to enter in the IKEv2 clients that \
            phones and laptops bring along. Preshared keys are never printed.

            Exits with 0, or with 2 when there is nothing to print.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case swanctl, client
    }

    @Argument(help: ArgumentHelp("The device.", valueName: "node"))
    var node: String

    @Option(name: .shortAndLong, help: "What to print: swanctl, or client for built-in clients.")
    var format = Format.swanctl

    @Option(name: .shortAndLong, help: "The tenant, where the name alone does not tell.")
    var tenant: String?

    @Option(help: "The authority of the nodes' identities, as `cvlan controller init` was given it.")
    var trustDomain: String?

    @Option(help: "Look at a commit instead of the working tree: a branch, a tag, an id, main~2.")
    var commit: String?

    @OptionGroup var repository: RepositoryOptions

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    func run() async throws {
        StandardStreams.prepare()
        try await FlowOptions.failing("export") {
            let lookup = try await TenantLookup(
                try repository.open(), commit: commit, stateBranch: stateBranch,
                at: Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)))
            let exports = try DeviceExport.all(of: node, tenant: tenant, in: lookup, trustDomain: trustDomain)
            switch format {
            case .swanctl: try StandardStreams.write(SwanctlConf(exports).text)
            case .client:
                try StandardStreams.write(exports.map { ClientSettings($0).text }.joined(separator: "\n"))
            }
        }
    }
}
