package import Addressing

/// Which address to try for each peer. A peer that answers keeps the address it answers from (the data path follows it
/// as it roams); only for a peer that is called and stays silent is the next candidate tried.
///
/// Candidates come from the signed config and from hints. A wrong hint costs a retry, no more: the tunnel's keys decide
/// who is who.
package struct EndpointChooser: Sendable {
    /// A session lives no longer than this without a new handshake (WireGuard's REJECT_AFTER_TIME).
    static let handshakeLifetime: Int64 = 180

    package struct PeerID: Hashable, Sendable {
        package let interface: String
        package let publicKey: [UInt8]

        package init(interface: String, publicKey: [UInt8]) {
            self.interface = interface
            self.publicKey = publicKey
        }
    }

    /// What the data path says of a peer now.
    package struct Observation: Sendable {
        package var endpoint: Endpoint?
        /// Seconds since 1970; 0: never.
        package var lastHandshake: Int64
        package var sentBytes: UInt64

        package init(endpoint: Endpoint?, lastHandshake: Int64, sentBytes: UInt64) {
            self.endpoint = endpoint
            self.lastHandshake = lastHandshake
            self.sentBytes = sentBytes
        }
    }

    private var sentBytes: [PeerID: UInt64] = [:]

    package init() {}

    /// The endpoint to set, or `nil` to leave the peer as it is.
    ///
    /// - Parameters:
    ///   - candidates: best first: those of the config, then hints, newest first.
    ///   - now: seconds since 1970.
    package mutating func choose(
        _ peer: PeerID, _ observed: Observation, candidates: [Endpoint], now: Int64
    ) -> Endpoint? {
        let before = sentBytes.updateValue(observed.sentBytes, forKey: peer)
        guard let first = candidates.first else { return nil }
        guard observed.lastHandshake == 0 || now - observed.lastHandshake >= Self.handshakeLifetime else { return nil }
        guard let current = observed.endpoint else { return first }
        guard let index = candidates.firstIndex(of: current) else { return first }
        let isCalling = before.map { observed.sentBytes > $0 } ?? false
        guard isCalling, candidates.count > 1 else { return nil }
        return candidates[(index + 1) % candidates.count]
    }

    /// Forgets peers that are gone.
    package mutating func retain(_ peers: Set<PeerID>) {
        sentBytes = sentBytes.filter { peers.contains($0.key) }
    }
}
