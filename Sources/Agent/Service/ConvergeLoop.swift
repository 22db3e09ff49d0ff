internal import Addressing
internal import Foundation
package import Logging
package import Sodium
internal import Trust
package import WireFormat

/// What the last run found, for reports.
package struct ConvergeStatus: Sendable {
    package var converged = false
    package var drift: [String] = []
    package var errors: [String] = []
    package var observed: WireDataPathState?
    /// The generation that the run was for.
    package var generation: UInt64 = 0
}

/// Holds the data path to the configuration in force: at once when that changes, and every so often to find drift.
package actor ConvergeLoop {
    /// A report carries so many lines, each cut to so many characters.
    static let maximumLines = 20
    static let maximumLine = 300

    private let config: ConfigInForce
    private let converger: Converger
    private let candidates: CandidateEndpoints
    private let store: AgentStore
    private let interfacePrefix: String
    private let publicKey: X25519.PublicKey
    private let ipsecKeys: @Sendable () async -> IPsecKeys
    private let logger: Logger
    private var listenPorts: [String: UInt16]
    /// Networks of the current generation, for reports.
    private(set) var networks: [DesiredState.Network] = []
    package private(set) var status = ConvergeStatus()

    /// - Parameter ipsecKeys: what IPsec links need, as it is now; asked for only where there are any.
    package init(
        config: ConfigInForce, converger: Converger, candidates: CandidateEndpoints, store: AgentStore,
        interfacePrefix: String, publicKey: X25519.PublicKey, ipsecKeys: @escaping @Sendable () async -> IPsecKeys,
        logger: Logger
    ) throws {
        self.config = config
        self.converger = converger
        self.candidates = candidates
        self.store = store
        self.interfacePrefix = interfacePrefix
        self.publicKey = publicKey
        self.ipsecKeys = ipsecKeys
        self.logger = logger
        listenPorts = try store.listenPorts()
    }

    /// One comparison and what follows from it.
    ///
    /// - Returns: whether there is something that a report should say soon.
    package func run() async -> Bool {
        guard let verified = await config.verified else { return false }
        let isNew = verified.generation != status.generation
        let desired = DesiredState(
            verified, publicKey: publicKey, interfacePrefix: interfacePrefix,
            ipsec: verified.usesIPsec ? await ipsecKeys() : IPsecKeys())
        let reachable = await candidates.candidates(for: desired.networks)
        networks = desired.networks
        let before = status
        do {
            let result = try await converger.converge(
                to: desired, listenPorts: listenPorts,
                candidates: { cvlan, peer in
                    reachable[.init(cvlan: cvlan, publicKey: Array(peer.publicKey))] ?? []
                },
                devices: { cvlan, device in reachable[.init(cvlan: cvlan, device: device.node)] ?? [] },
                now: Int64(Date().timeIntervalSince1970))
            note(result, isNew: isNew, generation: verified.generation)
        } catch {
            status = ConvergeStatus(
                converged: false, errors: ["\(error)"], observed: status.observed, generation: status.generation)
            if before.errors != status.errors {
                logger.error("the data path is not converged", metadata: ["error": "\(error)"])
            }
        }
        return isNew || before.converged != status.converged || !status.drift.isEmpty || before.errors != status.errors
    }

    private func note(_ result: Converger.Result, isNew: Bool, generation: UInt64) {
        let wasConverged = status.converged
        for line in result.changes {
            logger.info(isNew || !wasConverged ? "apply" : "repair drift", metadata: ["change": "\(line)"])
        }
        for line in result.problems { logger.error("not applied", metadata: ["change": "\(line)"]) }
        status = ConvergeStatus(
            converged: result.problems.isEmpty,
            drift: isNew || !wasConverged ? [] : Self.bounded(result.changes), errors: Self.bounded(result.problems),
            observed: result.observed, generation: generation)
        keepListenPorts(result.observed)
    }

    /// The port that an open choice fell on is kept, as peers have learned it.
    private func keepListenPorts(_ state: WireDataPathState) {
        var ports = listenPorts
        for interface in state.interfaces where networks.contains(where: { $0.interface == interface.spec.name }) {
            let port = UInt16(truncatingIfNeeded: interface.spec.listenPort)
            if port != 0 { ports[interface.spec.name] = port }
        }
        guard ports != listenPorts else { return }
        do {
            try store.save(listenPorts: ports)
            listenPorts = ports
        } catch {
            logger.error("listen ports not stored", metadata: ["error": "\(error)"])
        }
    }

    private static func bounded(_ lines: [String]) -> [String] {
        lines.prefix(maximumLines).map { String($0.prefix(maximumLine)) }
            + (lines.count > maximumLines ? ["… and \(lines.count - maximumLines) more"] : [])
    }
}

extension VerifiedConfig {
    /// Whether any link of this node may be IPsec.
    fileprivate var usesIPsec: Bool {
        networks.contains { network in
            network.config.linkProtocol == .ipsec || network.config.demandsIpsec || !network.config.ipsecSites.isEmpty
                || network.peers.contains(where: \.demandsIpsec)
        }
    }
}
