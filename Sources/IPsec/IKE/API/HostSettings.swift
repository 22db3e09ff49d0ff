package import Tunneling

/// What holds for all connections of a host.
package struct HostSettings: Sendable {
    /// Half-open IKE SAs, answered but not authenticated, above which an initiator has to prove its address by a cookie
    /// (RFC 7296 §2.6).
    package var cookieThreshold = 32
    /// How many there may be in all.
    package var maximumHalfOpen = 1024
    /// From one address; IPv6 addresses count by /64.
    package var maximumHalfOpenPerSource = 16
    /// How long an initiator has for its authentication.
    package var halfOpenLifetime = Instant.Span.seconds(30)
    package var maximumIKESAs = 65_536
    /// CHILD SAs of one peer.
    package var maximumChildren = 64
    package var retransmission = Retransmission()

    package init() {}

    /// When a request is sent again (RFC 7296 §2.4): after `first`, then each time after twice as long, up to `longest`.
    package struct Retransmission: Hashable, Sendable {
        package var first = Instant.Span.seconds(1)
        package var longest = Instant.Span.seconds(20)
        /// How often it is sent in all before the peer counts as gone.
        package var attempts = 8

        package init() {}
    }
}
