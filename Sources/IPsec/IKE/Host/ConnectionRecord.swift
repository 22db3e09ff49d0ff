package import Tunneling

/// A connection, and how it stands.
///
///     idle ──initiate, or retryAt──▶ initiating ──IKE_AUTH──▶ idle, with a session
///       ▲                                │
///       └──────────failure───────────────┘ retryAt: later each time, while the connection wants to be up
final class ConnectionRecord: Timed {
    var connection: Connection
    /// Of all peers that came by this connection.
    var sessions: [Session] = []
    /// The IKE SA by which we are trying.
    var initiation: UInt64?
    var retryAt = Instant.never
    /// Attempts since the last that went well.
    var failures = 0
    /// Packets have asked for it, and it is not up yet.
    var isWanted = false
    var lastFailure: FailureRecord?
    var addresses: AddressBook
    var slot: UInt32 = 0

    init(_ connection: Connection) {
        self.connection = connection
        addresses = AddressBook(connection.addressPool)
    }

    var deadline: Instant { initiation == nil ? retryAt : .never }

    /// Whether it is ours to keep it up.
    var wantsToBeUp: Bool {
        !connection.remoteEndpoints.isEmpty
            && (connection.start == .atOnce || connection.start == .onDemand && isWanted)
    }

    /// Sessions that nothing newer has taken the place of.
    var standing: [Session] { sessions.filter { $0.supersededUntil == nil } }

    /// How long to wait after so many failures: 1 s, doubled each time, to a minute; a quarter of it is drawn.
    static func pause(after failures: Int, jitter: UInt8) -> Instant.Span {
        let longest: UInt64 = 60_000
        let whole = min(longest, 1000 << UInt64(min(max(failures - 1, 0), 6)))
        return .milliseconds(whole - whole * UInt64(jitter) / 1024)
    }
}

/// What went wrong last, and when.
package struct FailureRecord: Hashable, Sendable {
    package let failure: IKEFailure
    package let at: Instant
}
