internal import Foundation
package import Trust
package import WireFormat

/// Puts together what the controller should know of this node, and sends it.
package actor Reporter {
    /// What a report carries of peers, over all networks: some 400 kB, of the 1 MiB that a controller takes.
    package static let maximumPeers = 4_000

    private let config: ConfigInForce
    private let loop: ConvergeLoop
    private var refusal: ConfigRefusal?

    package init(config: ConfigInForce, loop: ConvergeLoop) {
        self.config = config
        self.loop = loop
    }

    /// Goes with the next report that gets through.
    package func note(_ refusal: ConfigRefusal) {
        self.refusal = refusal
    }

    func send(with client: ControllerClient) async throws {
        let sent = refusal
        try await client.report(await report())
        if refusal == sent { refusal = nil }
    }

    private func report() async -> WireReport {
        let status = await loop.status
        let verified = await config.verified
        var report = WireReport()
        report.agentVersion = ProductVersion.current
        report.generationInForce = verified?.generation ?? 0
        report.configDigest = verified?.digest ?? Data()
        if let refusal { report.refusal = refusal.wire }
        report.converged = status.converged && status.generation == report.generationInForce
        report.drift = status.drift
        report.errors = status.errors
        if let observed = status.observed {
            let local = LocalEndpoints.all(observed)
            let peers = Self.peers(observed)
            report.networks = await loop.networks.compactMap { network in
                observed.interfaces.first { $0.spec.name == network.interface }.map { interface in
                    var entry = WireNetworkReport()
                    entry.cvlan = network.config.cvlan
                    entry.endpoints = local[network.interface] ?? []
                    entry.peers = peers[network.interface] ?? []
                    return entry
                }
            }
        }
        return report
    }

    /// By interface, the peers that a report carries: those heard from last.
    package static func peers(_ state: WireDataPathState) -> [String: [WirePeerReport]] {
        let all = state.interfaces.flatMap { interface in
            interface.peers.map { (interface: interface.spec.name, peer: $0) }
        }
        let latest =
            all.count <= maximumPeers
            ? all[...] : all.sorted { $0.peer.lastHandshake > $1.peer.lastHandshake }.prefix(maximumPeers)
        return Dictionary(grouping: latest, by: \.interface).mapValues { $0.map { WirePeerReport($0.peer) } }
    }
}

extension WirePeerReport {
    init(_ peer: WirePeerState) {
        self.init()
        publicKey = peer.spec.publicKey
        endpoint = peer.spec.endpoint
        lastHandshake = peer.lastHandshake
        receivedBytes = peer.receivedBytes
        sentBytes = peer.sentBytes
    }
}
