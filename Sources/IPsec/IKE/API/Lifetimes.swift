package import Tunneling

/// How long SAs last. Each is rekeyed somewhat before, at a time that is drawn from the last tenth, so that both sides seldom
/// begin together.
package struct Lifetimes: Hashable, Sendable {
    package var ike = Instant.Span.seconds(4 * 3600)
    package var child = Instant.Span.seconds(3600)
    /// Of both directions together; `nil`: no limit.
    package var childBytes: UInt64?
    /// Packets out. Never more than the sequence numbers allow.
    package var childPackets: UInt64?

    package init() {}

    /// Of 32-bit sequence numbers, some are left for the time that rekeying takes.
    func packetLimit(usesESN: Bool) -> UInt64 {
        let numbers: UInt64 = usesESN ? 1 << 63 : 0xF000_0000
        return min(childPackets ?? numbers, numbers)
    }
}

/// How the loss of a peer is noticed, and NATs are kept open.
package struct Liveness: Hashable, Sendable {
    /// After so much silence the peer is asked whether it is there (RFC 7296 §2.4).
    package var interval = Instant.Span.seconds(30)
    /// How often something goes to a peer that is reached through a NAT of ours (RFC 3948 §2.3).
    package var keepalive = Instant.Span.seconds(20)

    package init() {}
}
