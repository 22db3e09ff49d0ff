/// What a `Device` may not have of its own: randomness and the time of day. Tests hand in seeded ones.
package struct Environment: Sendable {
    /// Fills the buffer with bytes that nobody can foretell.
    package let random: @Sendable (UnsafeMutableRawBufferPointer) -> Void
    /// Read once per handshake, for its TAI64N stamp and for `lastHandshake`. A clock that is set back makes peers refuse our
    /// handshakes until it has caught up; the device guards against that as long as it runs.
    package let wallTime: @Sendable () -> WallTime
    /// A clock that goes on while the device computes: it tells what handshakes cost here, so that they keep to their share of the
    /// time. `nil`: they are taken to cost what they usually do.
    package let workClock: (@Sendable () -> Instant)?

    package init(
        random: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void,
        wallTime: @escaping @Sendable () -> WallTime, workClock: (@Sendable () -> Instant)? = nil
    ) {
        self.random = random
        self.wallTime = wallTime
        self.workClock = workClock
    }
}
