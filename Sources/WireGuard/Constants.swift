internal import Tunneling

/// The constants of the WireGuard paper, §6.1, and those that its implementations share.
enum Constants {
    static let rekeyAfterMessages: UInt64 = 1 << 60
    /// Counters from here on are never used and never taken.
    static let rejectAfterMessages: UInt64 = .max - (1 << 13)
    static let rekeyAfterTime = Instant.Span.seconds(120)
    static let rejectAfterTime = Instant.Span.seconds(180)
    static let rekeyTimeout = Instant.Span.seconds(5)
    static let keepaliveTimeout = Instant.Span.seconds(10)
    /// REKEY_ATTEMPT_TIME (90 s) in retries after REKEY_TIMEOUT each.
    static let handshakeAttempts: UInt8 = 18
    /// Up to so many ticks of the timers are added at random to handshake timers, so that two peers do not go on colliding.
    static let jitterTicks: UInt64 = 34
    /// Keys that nobody renewed are wiped after three times REJECT_AFTER_TIME.
    static let wipeKeysAfter = Instant.Span.seconds(540)
    static let cookieLifetime = Instant.Span.seconds(120)
    /// A peer's initiations are taken no more often than this.
    static let initiationInterval = Instant.Span.milliseconds(20)
    static let paddingMultiple = 16

    /// What handshakes may take of the time of a thread that has packets to move.
    static let handshakePercent: UInt64 = 30
    /// What cookie replies may take besides.
    static let cookiePercent: UInt64 = 10
    /// How long handshakes, or cookie replies, may hold packets up at once.
    static let handshakesSaved = Instant.Span.milliseconds(2)
    /// A handshake message's arithmetic where no clock tells: three or four curve operations.
    static let usualHandshakeTime = Instant.Span(nanoseconds: 150_000)
    static let usualCookieTime = Instant.Span(nanoseconds: 5_000)

    static let construction = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
    static let identifier = "WireGuard v1 zx2c4 Jason@zx2c4.com"
    static let mac1Label = "mac1----"
    static let cookieLabel = "cookie--"
}
