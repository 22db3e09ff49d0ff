package import Addressing

/// The address of this machine that a peer's packets come to, with the interface that they come in by. Replies leave from
/// there, as a firewall or a multi-homed peer expects.
@frozen
package struct LocalSource: Hashable, Sendable {
    package let address: IPAddress
    /// The kernel's interface index; 0: any.
    package let interface: UInt32

    @inlinable
    package init(address: IPAddress, interface: UInt32) {
        self.address = address
        self.interface = interface
    }
}

/// The way to a peer: where datagrams go, and what they leave from.
@frozen
package struct Path: Hashable, Sendable {
    package let endpoint: Endpoint
    /// `nil`: the kernel chooses.
    package let source: LocalSource?

    @inlinable
    package init(endpoint: Endpoint, source: LocalSource? = nil) {
        self.endpoint = endpoint
        self.source = source
    }
}
