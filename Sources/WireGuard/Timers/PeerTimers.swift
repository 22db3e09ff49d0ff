internal import Tunneling

/// The timers of a peer (paper §6) as plain deadlines; `.never` is a timer that does not run.
struct PeerTimers {
    /// No response came: REKEY_TIMEOUT and jitter after an initiation.
    var retransmitHandshake = Instant.never
    /// Data came and nothing went back: KEEPALIVE_TIMEOUT after it.
    var keepalive = Instant.never
    /// Data went and nothing came back: KEEPALIVE_TIMEOUT + REKEY_TIMEOUT and jitter after it.
    var newHandshake = Instant.never
    /// Nobody renewed the keys: three times REJECT_AFTER_TIME after the last were made.
    var wipeKeys = Instant.never
    /// So long after anything authenticated went or came.
    var persistentKeepalive = Instant.never

    /// Data came while `keepalive` was running: it runs once more.
    var needsAnotherKeepalive = false
    /// Retransmissions of the initiation under way.
    var attempts: UInt8 = 0
    /// A session that we began is nearly at its end, and a handshake was started for it once.
    var sentLastMinuteHandshake = false

    var earliest: Instant {
        min(min(retransmitHandshake, keepalive), min(newHandshake, wipeKeys), persistentKeepalive)
    }
}
