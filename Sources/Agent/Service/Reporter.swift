package import Foundation
package import Trust
package import WireFormat

/// Puts together what the controller should know of this node, and sends it.
package actor Reporter {
    /// What a report carries of peers, over all networks: some 400 kB, of the 1 MiB that a controller takes.
    package static let maximumPeers = 4_000

    private let config: ConfigInForce
    private let loop: ConvergeLoop
    private let requiresFresh: Bool
    private let now: @Sendable () -> Date
    private var refusal: ConfigRefusal?
    private var timestampRefusal: ConfigRefusal?

    package init(
        config: ConfigInForce, loop: ConvergeLoop, requiresFresh: Bool, now: @escaping @Sendable () -> Date
    ) {
        self.config = config
        self.loop = loop
        self.requiresFresh = requiresFresh
        self.now = now
    }

    /// Goes with the next report that gets through.
    package func note(_ refusal: ConfigRefusal) {
        self.refusal = refusal
    }

    /// Goes with every report until a timestamp is taken: `nil` says that one was.
    ///
    /// - Returns: whether that is news.
    func note(ofTimestamp refusal: ConfigRefusal?) -> Bool {
        defer { timestampRefusal = refusal }
        return timestampRefusal != refusal
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
        report.freshness = await config.freshness(at: now()).wire(required: requiresFresh, refusal: timestampRefusal)
        report.converged = status.converged && status.generation == report.generationInForce
        report.drift = status.drift
        report.errors = status.errors
        if let observed = status.observed {
            let local = LocalEndpoints.all(observed)
            let networks = await loop.networks
            let peers = Self.peers(observed, of: networks, now: Int64(now().timeIntervalSince1970))
            report.networks = networks.compactMap { network in
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
    ///
    /// - Parameters:
    ///   - networks: have the keys by which the controller knows peers by IPsec.
    ///   - now: seconds since 1970.
    package static func peers(
        _ state: WireDataPathState, of networks: [DesiredState.Network] = [], now: Int64
    ) -> [String: [WirePeerReport]] {
        let keys = Dictionary(networks.map { ($0.interface, $0.keysByIPsec) }) { first, _ in first }
        let all = state.interfaces.flatMap { interface in
            let name = interface.spec.name
            let ipsec = interface.ipsecPeers.compactMap { peer in
                keys[name]?[peer.spec.name].map { WirePeerReport(peer, key: $0, now: now) }
            }
            return (interface.peers.map { WirePeerReport($0) } + ipsec).map { (interface: name, report: $0) }
        }
        let latest =
            all.count <= maximumPeers
            ? all[...] : all.sorted { $0.report.lastHandshake > $1.report.lastHandshake }.prefix(maximumPeers)
        return Dictionary(grouping: latest, by: \.interface).mapValues { $0.map(\.report) }
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
    /// - Parameter key: of the node that the peer is.
    fileprivate init(_ peer: WireIPsecPeerState, key: Data, now: Int64) {
        self.init()
        ipsec = true
        publicKey = key
        receivedBytes = peer.receivedBytes
        sentBytes = peer.sentBytes
        guard let newest = peer.ikeSas.min(by: { $0.newestAge < $1.newestAge }) else { return }
        endpoint = newest.remoteEndpoint
        lastHandshake = now - Int64(clamping: newest.newestAge)
    }
}

extension WireIKESAState {
    /// Of the newest keys, in seconds.
    fileprivate var newestAge: UInt64 { children.map(\.ageSeconds).reduce(ageSeconds, min) }
}

extension DesiredState.Network {
    /// By node, of the peers by IPsec that run our agent.
    fileprivate var keysByIPsec: [String: Data] {
        Dictionary(peers.filter { isIPsec($0) }.map { ($0.node, $0.publicKey) }) { first, _ in first }
    }
}
