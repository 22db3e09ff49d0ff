/// What a protocol core may not have of its own: randomness and the time of day. Tests hand in seeded ones.
package struct Environment: Sendable {
    /// Fills the buffer with bytes that nobody can foretell.
    package let random: @Sendable (UnsafeMutableRawBufferPointer) -> Void
    /// Read once per handshake at most. It may be set back; who needs one that is not sees to that.
    package let wallTime: @Sendable () -> WallTime
    /// A clock that goes on while the core computes: it tells what handshakes cost here, so that they keep to their share of the
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
