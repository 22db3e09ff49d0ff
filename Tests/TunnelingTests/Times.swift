import Tunneling

extension Instant {
    /// Some time after the clock's zero.
    static let start = Instant(nanoseconds: 1_000_000_000_000)

    static func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: start.nanoseconds + UInt64(seconds * 1_000_000_000))
    }
}
