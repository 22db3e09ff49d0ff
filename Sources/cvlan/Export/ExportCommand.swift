internal import ArgumentParser
internal import Foundation
internal import Manifests
internal import OverlayNetwork
internal import Plan

/// `cvlan export`: the other side's configuration.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print how a device without our agent is to be set up.",
        discussion: """
            For an external node with `ipsec`: strongSwan's swanctl.conf; what to enter in the IKEv2 clients that phones \
            and laptops bring along; a profile for Apple's devices or for the strongSwan app on Android; PowerShell for \
            Windows; or the authority that devices must trust, in PEM. Preshared keys, passwords and private keys are \
            never printed.

            Exits with 0, or with 2 when there is nothing to print.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case swanctl, client, apple, windows, sswan, ca

        /// Whether what is printed has the authority in it.
        var holdsAuthority: Bool { self == .apple || self == .sswan || self == .ca }
    }

    @Argument(help: ArgumentHelp("The device.", valueName: "node"))
    var node: String

    @Option(
        name: .shortAndLong,
        help: "What to print: swanctl, client (for people), apple (.mobileconfig), windows, sswan, or ca.")
    var format = Format.swanctl

    @Option(name: .shortAndLong, help: "The tenant, where the name alone does not tell.")
    var tenant: String?

    @Option(help: "client: the authority of the nodes' identities, as `cvlan controller init` was given it.")
    var trustDomain: String?

    @Option(help: "The network, where the device is in several and the format is of one.")
    var network: String?

    @Option(
        help: ArgumentHelp("The controller's ca.pem; default: $CVLAN_CA.", valueName: "file"), completion: .file())
    var ca: String?

    @Option(help: ArgumentHelp("swanctl: the file of the device's certificate, as it is there.", valueName: "file"))
    var deviceCertificate = SwanctlConf.Files().certificate

    @Option(help: ArgumentHelp("swanctl, windows: the file of the authority, as it is there.", valueName: "file"))
    var authorityFile = SwanctlConf.Files().authority

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
            let all = try DeviceExport.all(of: node, tenant: tenant, in: lookup, trustDomain: trustDomain)
            let exports = all.filter { network == nil || $0.network == network }
            guard !exports.isEmpty else {
                throw PlanError("node \(node) is not in network \(network ?? "")")
            }
            try StandardStreams.write(try text(exports))
        }
    }

    private func text(_ exports: [DeviceExport]) throws -> String {
        let authorities =
            format.holdsAuthority ? try self.authorities(isNeeded: exports.contains(where: \.needsAuthority)) : nil
        switch format {
        case .swanctl:
            return try SwanctlConf(
                exports, files: SwanctlConf.Files(certificate: deviceCertificate, authority: authorityFile)
            ).text
        case .client: return exports.map { ClientSettings($0).text }.joined(separator: "\n")
        case .apple: return try AppleProfile(exports, authorities: authorities).text
        case .windows: return try WindowsScript(exports, authorityFile: authorityFile).text
        case .sswan:
            guard exports.count == 1 else { throw PlanError("a profile is of one network: say which with --network") }
            return try AndroidProfile(exports[0], authorities: authorities).text
        case .ca: return authorities?.pem ?? ""
        }
    }

    private func authorities(isNeeded: Bool) throws -> CertificateAuthorities? {
        guard let file = ca ?? ProcessInfo.processInfo.environment["CVLAN_CA"] else {
            guard isNeeded || format == .ca else { return nil }
            throw PlanError("the authority is not in the repository: say with --ca where the controller's ca.pem is")
        }
        guard let data = FileManager.default.contents(atPath: file),
            let authorities = CertificateAuthorities(pem: String(decoding: data, as: UTF8.self))
        else { throw PlanError("no certificates can be read from \(file)") }
        return authorities
    }
}
