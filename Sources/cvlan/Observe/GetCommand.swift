internal import ArgumentParser
internal import Controllers
internal import Foundation

/// `cvlan get`: what the controller publishes and what nodes report.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "List nodes, networks or tenants, as the controller sees them.",
        subcommands: [GetNodesCommand.self, GetNetworksCommand.self, GetTenantsCommand.self])
}

struct TenantOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "Only this tenant.")
    var tenant: String?

    var query: String { tenant.map { "?tenant=\($0)" } ?? "" }

    func validate() throws {
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        guard tenant?.allSatisfy(letters.contains) ?? true else { throw ValidationError("no tenant has such a name") }
    }
}

struct GetNodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "Every node: desired and observed generation, address, drift, last seen.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var tenant: TenantOption

    func run() async throws {
        try await server.show("/v1/nodes\(tenant.query)", as: NodesDocument.self) { document in
            var table = Table([
                "TENANT", "NODE", "ROLE", "ADDRESSES", "DESIRED", "OBSERVED", "STATE", "LAST SEEN", "FROM",
            ])
            for node in document.nodes {
                table.append([
                    node.tenant, node.name, node.role, node.networks.flatMap(\.addresses).joined(separator: ","),
                    "\(node.desiredGeneration)", node.observedGeneration.map { "\($0)" } ?? "", Self.state(node),
                    Self.age(node.lastSeen), node.address ?? "",
                ])
            }
            return table.lines + document.nodes.flatMap(Self.notes)
        }
    }

    private static func notes(of node: NodeDocument) -> [String] {
        var notes: [String] = []
        if let refusal = node.refusal { notes.append("refused: \(refusal)") }
        if let stale = node.stale { notes.append("stale: \(stale)") }
        notes += node.errors.map { "error: \($0)" }
        notes += node.drift.map { "drift repaired: \($0)" }
        return notes.map { "\(node.tenant)/\(node.name): \($0)" }
    }

    private static func state(_ node: NodeDocument) -> String {
        guard node.isEnrolled else { return "NotEnrolled" }
        guard node.observedGeneration != nil else { return "NeverSeen" }
        guard node.isConnected else { return "Offline" }
        if node.refusal != nil { return "Refused" }
        if node.stale != nil { return "Stale" }
        if !node.errors.isEmpty { return "Failing" }
        return node.isConverged ? node.drift.isEmpty ? "Converged" : "Drifted" : "Converging"
    }

    /// `12s`, `4m`, `3h`, `5d` ago.
    private static func age(_ time: String?) -> String {
        guard let time, let date = try? Date(time, strategy: .iso8601) else { return "" }
        let seconds = max(0, Int(-date.timeIntervalSinceNow))
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<7200: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86400)d"
        }
    }
}

struct GetNetworksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "networks", abstract: "Every network and its CIDRs.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var tenant: TenantOption

    func run() async throws {
        try await server.show("/v1/networks\(tenant.query)", as: NetworksDocument.self) { document in
            var table = Table(["TENANT", "NETWORK", "CIDRS", "TOPOLOGY", "NODES", "CONNECTED"])
            for network in document.networks {
                table.append([
                    network.tenant, network.name, network.cidrs.joined(separator: ","), network.topology,
                    "\(network.nodes)", "\(network.connected)",
                ])
            }
            return table.lines
        }
    }
}

struct GetTenantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants", abstract: "Every tenant and the commit that is in force for it.")

    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.show("/v1/tenants", as: TenantsDocument.self) { document in
            var table = Table(["TENANT", "PHASE", "COMMIT", "NETWORKS", "NODES", "ERRORS"])
            for tenant in document.tenants {
                table.append([
                    tenant.name, tenant.status.phase.rawValue, String(tenant.status.sourceCommit?.prefix(12) ?? ""),
                    "\(tenant.status.networks)", "\(tenant.status.nodes)", "\(tenant.status.errors.count)",
                ])
            }
            return table.lines
        }
    }
}
