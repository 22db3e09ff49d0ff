package import Addressing

/// The local end of a datagram: the address it came to, or is to leave from, and the interface.
@frozen
package struct LocalAddress: Hashable, Sendable {
    package var address: IPAddress
    /// The interface that the datagram came in on; 0 leaves the choice to routing.
    package var interface: UInt32

    @inlinable
    package init(_ address: IPAddress, interface: UInt32 = 0) {
        self.address = address
        self.interface = interface
    }
}

/// A packet in a batch.
@frozen
package struct Packet {
    package var buffer: PacketBuffer
    /// UDP: where the datagram came from, or goes to. Nothing for TUN.
    package var remote: Endpoint?
    /// UDP: the local address that the datagram came to, or is to leave from (`nil`: the kernel chooses).
    package var local: LocalAddress?
    /// What sending this packet came to.
    package var outcome: SendOutcome
    /// For the owner of the batch: the index of a peer, or the like.
    package var tag: UInt64

    @inlinable
    package init(
        buffer: PacketBuffer, remote: Endpoint? = nil, local: LocalAddress? = nil, tag: UInt64 = 0
    ) {
        self.buffer = buffer
        self.remote = remote
        self.local = local
        self.tag = tag
        outcome = .notSent
    }
}

/// What sending one packet came to.
@frozen
package enum SendOutcome: Hashable, Sendable {
    case notSent
    case sent
    /// The local address that was asked for is not (or no longer) this machine's: forget it, and send again without.
    case sourceGone(Int32)
    /// The kernel refused the packet, with its `errno`; it is lost, as on any network.
    case failed(Int32)
}
