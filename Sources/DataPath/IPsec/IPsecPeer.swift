package import IPsec
internal import Synchronization
package import Tunneling

/// A peer of an interface by IPsec, as lanes know it: the SAs that packets go out by, and packets that wait for the first one. Any
/// thread may call.
package final class IPsecPeer: Sendable {
    /// Its number in the interface, less than 2^31.
    package let number: UInt32
    package let name: String

    private struct State {
        var sas = OutboundTable()
        var waiting = PendingPackets()
        /// When the first of those that wait came.
        var waitingSince = Instant.never
        /// A lane sends what has waited; until it is done, what comes waits behind that.
        var isReleasing = false

        var holdsBack: Bool { isReleasing || !waiting.isEmpty }
    }

    private let state = Mutex(State())
    private let room: WaitingRoom
    /// When somebody was told last that packets wait.
    private let lastCall = Atomic<UInt64>(0)
    private let wanted: @Sendable () -> Void
    private let mayGo: @Sendable () -> Void

    private static let callInterval = Instant.Span.seconds(1)

    /// - Parameters:
    ///   - room: for packets that wait, of this peer and others.
    ///   - wanted: told now and then that packets have come for which there is no SA; any thread may call it.
    ///   - mayGo: told that packets have waited and there is an SA: a lane is to take them (`takeWaiting`); any thread may call it.
    package init(
        number: UInt32, name: String, room: WaitingRoom, wanted: @escaping @Sendable () -> Void,
        mayGo: @escaping @Sendable () -> Void
    ) {
        self.number = number
        self.name = name
        self.room = room
        self.wanted = wanted
        self.mayGo = mayGo
    }

    deinit {
        room.leave(state.withLock { $0.waiting.byteCount })
    }

    // MARK: By lanes

    /// How a packet goes.
    enum Way: Sendable {
        case by(OutboundSA)
        /// There is no SA yet, or packets that came before wait still.
        case wait
        /// No SA is for it.
        case none
    }

    /// - Parameter hasWaited: it is one that `takeWaiting` gave.
    func way(of packet: UnsafeRawBufferPointer, hasWaited: Bool = false) -> Way {
        state.withLock { state in
            if state.holdsBack, !hasWaited { return .wait }
            if let sa = state.sas.sa(for: packet) { return .by(sa) }
            return state.sas.isEmpty ? .wait : .none
        }
    }

    /// Keeps a copy of a packet until there is an SA, which is asked for. Returns false when there is no room.
    func keep(_ packet: UnsafeRawBufferPointer, now: Instant) -> Bool {
        guard room.enter(packet.count) else {
            call(at: now)
            return false
        }
        let (freed, hasSA) = state.withLock { state in
            let before = state.waiting.byteCount
            if state.waiting.isEmpty { state.waitingSince = now }
            state.waiting.append(packet)
            return (before + packet.count - state.waiting.byteCount, !state.sas.isEmpty && !state.isReleasing)
        }
        room.leave(freed)
        if hasSA { mayGo() } else { call(at: now) }
        return true
    }

    /// Has packets that come meanwhile wait, and gives those that do, oldest first. When there are none any more, packets go at once
    /// again.
    func takeWaiting() -> [[UInt8]] {
        let (packets, count) = state.withLock { state in
            guard !state.sas.isEmpty else {
                state.isReleasing = false
                return ([[UInt8]](), 0)
            }
            let count = state.waiting.byteCount
            let packets = state.waiting.removeAll()
            state.isReleasing = !packets.isEmpty
            return (packets, count)
        }
        room.leave(count)
        return packets
    }

    /// Packets go at once again, those that still wait with the next.
    func endRelease() {
        state.withLock { $0.isReleasing = false }
        release()
    }

    private func call(at now: Instant) {
        let last = lastCall.load(ordering: .relaxed)
        guard last == 0 || now - Instant(nanoseconds: last) >= Self.callInterval else { return }
        let (isOurs, _) = lastCall.compareExchange(expected: last, desired: now.nanoseconds, ordering: .relaxed)
        if isOurs { wanted() }
    }

    // MARK: By the owner of the SAs

    /// Has packets go out by an SA, before all that are there; those that wait, with the next `release`.
    package func add(_ sa: OutboundSA) {
        state.withLock { $0.sas.insert(sa) }
    }

    /// Has what waits go, if there is an SA.
    package func release() {
        if state.withLock({ !$0.waiting.isEmpty && !$0.sas.isEmpty && !$0.isReleasing }) { mayGo() }
    }

    /// Forgets packets of which the first has waited since then or longer. Returns whether others wait.
    func forgetWaiting(since limit: Instant) -> Bool {
        let (count, isEmpty) = state.withLock { state in
            guard state.waitingSince <= limit else { return (0, state.waiting.isEmpty) }
            let count = state.waiting.byteCount
            _ = state.waiting.removeAll()
            state.waitingSince = .never
            return (count, true)
        }
        room.leave(count)
        return !isEmpty
    }

    /// Nothing goes out by it any more but what is under way.
    package func remove(inboundSPI: UInt32) {
        state.withLock { $0.sas.remove(inboundSPI: inboundSPI) }
    }

    /// Forgets local sources that are gone.
    package func forgetSources(where isGone: (LocalSource) -> Bool) {
        state.withLock { state in
            for sa in state.sas.all { sa.forgetSource(where: isGone) }
        }
    }

    /// The SA that was added last.
    package var newest: OutboundSA? { state.withLock { $0.sas.newest } }
    /// How many packets wait.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }
}
