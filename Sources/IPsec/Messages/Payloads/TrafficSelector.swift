package import Addressing

/// A range of addresses, of ports, and a protocol (RFC 7296 §3.13.1).
package struct TrafficSelector: Hashable, Sendable {
    /// The ports, or for ICMP the type and code (type in the upper byte).
    package struct Ports: Hashable, Sendable {
        package let first: UInt16
        package let last: UInt16

        package static let any = Ports(first: 0, last: 65535)
        /// Packets of which the ports are not there to be seen: later fragments (RFC 7296 §3.13.1).
        package static let opaque = Ports(first: 65535, last: 0)

        package var isOpaque: Bool { self == .opaque }

        package init(first: UInt16, last: UInt16) {
            self.first = first
            self.last = last
        }
    }

    /// Of the same family as `last`, and not above it.
    package let first: IPAddress
    package let last: IPAddress
    /// The IP protocol; 0 for any.
    package let proto: UInt8
    package let ports: Ports

    /// `nil` unless the addresses are of one family and in order, and the ports in order or opaque.
    package init?(_ first: IPAddress, _ last: IPAddress, proto: UInt8 = 0, ports: Ports = .any) {
        guard first.family == last.family, first.value <= last.value, ports.first <= ports.last || ports.isOpaque
        else { return nil }
        self.first = first
        self.last = last
        self.proto = proto
        self.ports = ports
    }
}
