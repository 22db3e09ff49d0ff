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
