internal import Tunneling

/// Tells whether so many handshake messages come that senders must prove their addresses first.
struct LoadMeter {
    /// A handshake costs four scalar multiplications, about 150 µs: at this rate they take a seventh of a core.
    static let messagesPerSecond = 1000
    private static let window = Instant.Span.seconds(1)

    private var windowStart = Instant(nanoseconds: 0)
    private var count = 0
    private var loadedUntil = Instant(nanoseconds: 0)

    /// Counts a message. - Parameter isBehind: many wait already.
    mutating func note(at now: Instant, isBehind: Bool) {
        if now - windowStart >= Self.window {
            windowStart = now
            count = 0
        }
        count += 1
        if isBehind || count > Self.messagesPerSecond { loadedUntil = now + Self.window }
    }

    func isLoaded(at now: Instant) -> Bool { now < loadedUntil }
}
