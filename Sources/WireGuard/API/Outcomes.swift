package import Tunneling

/// What became of a datagram that came in.
@frozen
package enum Received: Equatable, Sendable {
    /// A packet for the tunnel, decrypted where it lay: the range in the datagram's buffer, without padding. Its source address
    /// belongs to the peer's allowed IPs.
    case packet(PeerID, Range<Int>)
    /// A keepalive, or a handshake message that was worked on or waits for its turn. There may be something in the outbox now.
    case handled
    case dropped(DropReason)
}

/// What became of a packet that is to go out.
@frozen
package enum Sealed: Equatable, Sendable {
    /// The datagram, in the packet's own buffer. Send it by `DataLane.path(of:)`.
    case datagram(Range<Int>)
    /// There is no session yet: the packet was copied and comes out by the outbox after the handshake. The outbox has an
    /// initiation now, unless one is under way.
    case queued
    case dropped(DropReason)
}

/// Why nothing came of a packet.
@frozen
package enum DropReason: UInt8, Equatable, Sendable, CaseIterable {
    /// No message type of WireGuard, or a length that its type cannot have.
    case malformed
    /// A receiver index that is not in use.
    case unknownReceiver
    /// A MAC1, a tag or a handshake that does not verify, or a handshake that we did not ask for.
    case unauthenticated
    /// A handshake from a key that is no peer's.
    case unknownPeer
    /// A counter or a timestamp that was there before or is too old.
    case replayed
    /// A handshake while under load: the sender was told to prove its address, or sends too many.
    case rateLimited
    /// The session is older than REJECT_AFTER_TIME or has seen REJECT_AFTER_MESSAGES.
    case expiredSession
    /// The decrypted packet is no IPv4 or IPv6 packet.
    case notIP
    /// The decrypted packet's source address is not in the peer's allowed IPs.
    case sourceNotAllowed
    /// No private key is set.
    case noPrivateKey
    /// The peer's endpoint is not known yet.
    case noEndpoint
    /// The `PeerID` is of a peer that was removed.
    case noSuchPeer
    /// The device is down.
    case interfaceDown
    /// Too much waits for a session already, or too many handshakes for their turn.
    case queueFull
    /// The packet does not fit a datagram or lacks headroom or tailroom.
    case noRoom
}

/// A datagram that the device made on its own: a handshake message, a cookie, a keepalive, or a packet that had waited for
/// a session.
package struct Outgoing: Equatable, Sendable {
    package let bytes: [UInt8]
    package let path: Path

    package init(bytes: [UInt8], path: Path) {
        self.bytes = bytes
        self.path = path
    }
}
