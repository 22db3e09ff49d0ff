package import ArgumentParser
internal import Foundation
internal import Logging
internal import Trust
internal import WireFormat

/// `status`: what this machine runs, from its own state alone.
package struct StatusCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Print the configuration in force and what the data path has, without asking the controller.")

    @OptionGroup var state: StateOptions

    @OptionGroup var dataPath: DataPathOptions

    package init() {}

    package func run() async throws {
        let directory = try state.open()
        let identity = try directory.loadIdentity()
        print("node        \(identity.node) of tenant \(identity.tenant)")
        print("controller  \(identity.controller)")
        let store = try AgentStore(path: directory.database)
        let inForce = try ConfigInForce(
            store: store, root: try directory.trustedRoot(store: store), identity: identity,
            logger: Logger(label: "status", factory: { _ in SwiftLogNoOpLogHandler() }))
        if let config = await inForce.verified {
            print("generation  \(config.generation), from commit \(config.config.sourceCommit.prefix(12))")
            print("freshness   \(await inForce.freshness(at: Date()).text)")
        } else {
            print("generation  none yet")
        }
        for interface in try await dataPath.state().interfaces {
            let addresses = interface.addresses.compactMap { $0.prefix?.description }.joined(separator: " ")
            let now = Int64(Date().timeIntervalSince1970)
            let alive = interface.peers.filter { $0.lastHandshake > 0 && now - $0.lastHandshake < 180 }.count
            print(
                "interface   \(interface.spec.name)  \(addresses)  port \(interface.spec.listenPort)  "
                    + "peers \(alive) of \(interface.peers.count) with a session"
                    + Self.ipsec(interface.ipsecPeers))
        }
    }
    /// Of peers by IPsec, those that packets go to; `show sas` has more.
    private static func ipsec(_ peers: [WireIPsecPeerState]) -> String {
        guard !peers.isEmpty else { return "" }
        return ", \(peers.count { $0.hasSA }) of \(peers.count) by IPsec"
    }
}
