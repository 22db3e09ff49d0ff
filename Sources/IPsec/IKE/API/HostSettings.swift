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
    /// Of liveness checks, and of whatever else waits for an answer while the peer has long been silent: some 23 seconds, as somebody
    /// is to be told when a peer is gone.
    package var liveness = Retransmission(longest: .seconds(8), attempts: 5)
    /// Of the DELETE that ends an IKE SA for good: some 6 seconds. A peer that does not get it will find out by itself.
    package var farewell = Retransmission(first: .milliseconds(500), longest: .seconds(2), attempts: 4)
    /// How long an attempt goes on after an answer to IKE_SA_INIT that refuses it, or makes no sense: nobody vouches for that, and
    /// the right one may still come (RFC 7296 §2.21.1).
    package var graceAfterRefusal = Instant.Span.seconds(3)

    package init() {}

    /// When a request is sent again (RFC 7296 §2.4): after `first`, then each time after twice as long, up to `longest`.
    package struct Retransmission: Hashable, Sendable {
        package var first: Instant.Span
        package var longest: Instant.Span
        /// How often it is sent in all before the peer counts as gone.
        package var attempts: Int

        package init(
            first: Instant.Span = .seconds(1), longest: Instant.Span = .seconds(20), attempts: Int = 8
        ) {
            self.first = first
            self.longest = longest
            self.attempts = attempts
        }
    }
}
