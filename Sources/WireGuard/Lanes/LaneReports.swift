internal import Synchronization
internal import Tunneling

/// What a lane of another thread has for the device's own: what was sent and received, for counters and timers, and what only
/// that thread can do. The lane adds; the device takes, when it is woken or looks by itself.
final class LaneReports: Sendable {
    /// What waits at most; what comes then is dropped.
    static let capacity = 1_024
    /// Of that, messages: anybody can send them, and a flood is to leave room for the rest.
    static let messageCapacity = 512

    /// Something that the device is to do.
    enum News: Sendable {
        /// A message that is no data message.
        case message([UInt8], Path)
        /// A packet for which there was no session, or not yet.
        case packet([UInt8], PeerID)
        /// The first genuine message came under a session that waited for it.
        case confirmed(PeerID, localIndex: UInt32)
        case sourceGone(LocalSource)
    }

    private struct State {
        var passages: [PeerID: Passage] = [:]
        var news: [News] = []
        /// Of the news.
        var messages = 0
        /// The device knows that there is something, or looks soon by itself.
        var isNoticed = false
    }

    private let state = Mutex(State())
    /// How many news the device has dealt with, their datagrams sent.
    private let settled = Atomic<UInt64>(0)
    private let wake: @Sendable () -> Void

    /// - Parameter wake: has the device's thread call `takeReports`; any thread may call it.
    init(wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    // MARK: By the lane

    func add(with peer: PeerID, _ note: (inout Passage) -> Void) {
        let isNew = state.withLock { state in
            note(&state.passages[peer, default: Passage()])
            defer { state.isNoticed = true }
            return !state.isNoticed
        }
        if isNew { wake() }
    }

    /// Returns false when too much waits.
    func add(_ news: News) -> Bool {
        let (added, isFirst) = state.withLock { state in
            guard state.news.count < Self.capacity else { return (false, false) }
            if case .message = news {
                guard state.messages < Self.messageCapacity else { return (false, false) }
                state.messages += 1
            }
            state.news.append(news)
            state.isNoticed = true
            return (true, state.news.count == 1)
        }
        // Even if the device looks by itself soon: this should not wait so long. For the first, it has been woken already.
        if isFirst { wake() }
        return added
    }

    var settledCount: UInt64 { settled.load(ordering: .acquiring) }

    // MARK: By the device

    /// Everything since the last time. When there was nothing, the device is woken for the next; else it is to look again by
    /// itself.
    func take() -> (passages: [PeerID: Passage], news: [News])? {
        state.withLock { state in
            guard !state.passages.isEmpty || !state.news.isEmpty else {
                state.isNoticed = false
                return nil
            }
            defer { (state.passages, state.news, state.messages) = ([:], [], 0) }
            return (state.passages, state.news)
        }
    }

    /// Datagrams that came of so many more news have been sent.
    func settle(_ count: Int) {
        settled.add(UInt64(count), ordering: .releasing)
    }
}

/// What went to a peer and came from it within a moment.
struct Passage: Sendable {
    /// Of the last session that data went under, and came under.
    var sending: Keypair?
    var receiving: Keypair?
    var sent: (packets: Int, bytes: Int, last: Instant) = (0, 0, Instant(nanoseconds: 0))
    /// `packets` are those that were let in, `messages` those that held anything.
    var received: (packets: Int, messages: Int, bytes: Int, last: Instant) = (0, 0, 0, Instant(nanoseconds: 0))
}
