internal import Tunneling

/// One CHILD SA in the books of IKE; the data path has the keys.
///
///     live ──new one agreed──▶ superseded ──DELETE──▶ retired ──5 s──▶ gone
///      │                           │                     ▲
///      └───────our DELETE─────▶ closing ──answer────────┘
struct Child {
    enum State: Equatable {
        case live
        /// A rekeying has made a new one; the initiator of that deletes this one (RFC 7296 §2.8).
        case superseded
        /// We delete it: our DELETE is on its way, or about to be.
        case closing
        /// Deleted on both sides. Packets that were on their way are still taken.
        case retired(until: Instant)
    }

    /// How long packets that were sent before a DELETE may still come.
    static let afterlife = Instant.Span.seconds(5)

    let inboundSPI: UInt32
    let outboundSPI: UInt32
    let suite: ESPSuite
    let local: [TrafficSelector]
    let remote: [TrafficSelector]
    let isInitiator: Bool
    let created: Instant
    var state = State.live
    /// Whether our packets go out by it.
    var isSending: Bool
    /// That which it takes over from.
    let replaces: UInt32?
    /// When we rekey it, sooner by volume.
    var rekeyAt: Instant
    /// When it ends, rekeyed or not.
    let expiresAt: Instant
    var traffic = Traffic()

    /// An SA that the peer's rekeying has made of the same one that we are rekeying (RFC 7296 §2.8.1).
    struct Rival: Equatable {
        let inboundSPI: UInt32
        let replaces: UInt32
        let lowestNonce: Nonce
    }

    struct Traffic: Hashable {
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
    }

    var isRetired: Bool {
        if case .retired = state { true } else { false }
    }

    var deadline: Instant {
        switch state {
        case .live: min(rekeyAt, expiresAt)
        case .superseded: expiresAt
        // Its DELETE is repeated until it is answered, or the peer counts as gone.
        case .closing: .never
        case .retired(let until): until
        }
    }
}
