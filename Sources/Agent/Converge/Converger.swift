package import Addressing
internal import DiffSync
package import Sodium
package import WireFormat

/// Makes the data path match a configuration, and says what it found and did. Level-based: each run compares what is
/// wanted with what is there and carries nothing over but which endpoints were tried.
package actor Converger {
    /// What one run saw and did.
    package struct Result: Sendable {
        /// What the data path holds after the run.
        package let observed: WireDataPathState
        /// One line for each difference that was found.
        package let changes: [String]
        /// One line for each change that could not be made.
        package let problems: [String]
    }

    /// Changes go to `cvland` in messages of so many.
    private static let batch = 2_000

    private let dataPath: DataPathClient
    private let privateKey: X25519.PrivateKey
    private var chooser = EndpointChooser()
    private var written = WrittenSecrets()

    package init(dataPath: DataPathClient, privateKey: X25519.PrivateKey) {
        self.dataPath = dataPath
        self.privateKey = privateKey
    }

    /// - Parameters:
    ///   - listenPorts: see `DesiredState.records`.
    ///   - candidates: for a peer of a CVLAN, where it may be reached, best first.
    ///   - devices: the same for a device that speaks IPsec.
    ///   - now: seconds since 1970.
    /// - Throws: `DataPathLinkError` when `cvland` does not answer; nothing was changed then, or only a part, which
    ///   the next run finds.
    package func converge(
        to desired: DesiredState, listenPorts: [String: UInt16],
        candidates: (_ cvlan: String, WirePeer) -> [Endpoint],
        devices: (_ cvlan: String, WireIPsecSite) -> [Endpoint] = { _, _ in [] }, now: Int64
    ) async throws -> Result {
        var state = try await dataPath.state()
        let misplaced = desired.misplaced(in: state)
        if !misplaced.isEmpty {
            // One that cannot be deleted shows as a problem below: its update is refused.
            _ = try await dataPath.apply(
                misplaced.map { spec in
                    var operation = WireOperation()
                    operation.deleteInterface = spec.name
                    return operation
                })
            state = try await dataPath.state()
        }
        written.retain(state)
        let observed = try DataPathRecord.observed(state, written: written)
        let peers = Dictionary(
            state.interfaces.flatMap { interface in
                interface.peers.map {
                    (EndpointChooser.PeerID(interface.spec.name, $0), EndpointChooser.Observation($0))
                }
            }, uniquingKeysWith: { first, _ in first })
        let unknown = EndpointChooser.Observation(endpoint: nil, lastHandshake: 0, sentBytes: 0)
        let wanted = try desired.records(
            listenPorts: listenPorts,
            endpoint: { network, peer in
                let id = EndpointChooser.PeerID(interface: network.interface, publicKey: Array(peer.publicKey))
                return chooser.choose(
                    id, peers[id] ?? unknown, candidates: candidates(network.config.cvlan, peer), now: now)
            }, candidates: { candidates($0.config.cvlan, $1) }, devices: { devices($0.config.cvlan, $1) })
        chooser.retain(Set(peers.keys))

        let plan = diff(from: observed, to: wanted)
        let outcome = await plan.applyInBatches(limit: Self.batch) { operations in
            let messages = operations.map { WireOperation($0, privateKey: privateKey) }
            let errors = try await dataPath.apply(messages)
            for (operation, error) in zip(operations, errors) where error.isEmpty { written.note(operation) }
            return errors.map { $0.isEmpty ? .success(()) : .failure(DataPathLinkError.refused($0)) }
        }
        return Result(
            observed: plan.isEmpty ? state : try await dataPath.state(),
            changes: misplaced.map { "- interface \($0.name): it is of domain \($0.domain)" }
                + plan.operations.filter { !$0.onlyMovesEndpoint }.map { $0.details.joined(separator: "; ") },
            problems: desired.problems + outcome.problems)
    }
}

extension Operation<DataPathRecord> {
    /// Trying another address for a silent peer is the normal course of things, not drift.
    var onlyMovesEndpoint: Bool {
        guard case .update(_, _, let fields) = change else { return false }
        return fields.allSatisfy { $0.name == "endpoint" }
    }
}

extension EndpointChooser.PeerID {
    init(_ interface: String, _ peer: WirePeerState) {
        self.init(interface: interface, publicKey: Array(peer.spec.publicKey))
    }
}

extension EndpointChooser.Observation {
    init(_ peer: WirePeerState) {
        self.init(
            endpoint: Endpoint(peer.spec.endpoint), lastHandshake: peer.lastHandshake, sentBytes: peer.sentBytes)
    }
}
