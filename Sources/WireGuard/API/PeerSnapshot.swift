package import Addressing
package import OpenSSL
package import Tunneling

/// A peer as it stands: what `wg show` prints.
package struct PeerSnapshot: Sendable {
    package let id: PeerID
    package let publicKey: PublicKey
    /// `nil`: none is set.
    package let presharedKey: SecretKey?
    package let endpoint: Endpoint?
    /// In no particular order.
    package let allowedIPs: [IPPrefix]
    /// Seconds; 0: off.
    package let persistentKeepalive: UInt16
    /// The time of day of the last completed handshake.
    package let lastHandshake: WallTime?
    package let statistics: PeerStatistics
    /// Always 1.
    package let protocolVersion: Int
}

@frozen
package struct PeerStatistics: Hashable, Sendable {
    /// Bytes of authenticated datagrams, headers and handshake messages included: what `wg show` calls received.
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0
    /// Data packets, without keepalives.
    package var receivedPackets: UInt64 = 0
    package var sentPackets: UInt64 = 0
    /// Handshakes that led to a session.
    package var handshakes: UInt64 = 0

    package init() {}
}
