/// When each peer has to be looked at next: a hierarchical timing wheel (Varghese and Lauck, SOSP 1987).
///
/// Deadlines are put off to whole ticks, so that those of many peers fall together and nothing runs too early. Setting, moving
/// and taking out a deadline is a matter of a few words, however many peers there are.
///
///     level 0   64 slots of one tick        ─┐
///     level 1   64 slots of 64 ticks         │ a peer is on the lowest level that tells its tick from `position`;
///     level 2   64 slots of 4,096 ticks      │ when the wheel comes to a slot of a higher level, the slot's peers go
///     …                                     ─┘ to the levels below
///
/// The hot path moves deadlines later with every packet. It leaves the wheel alone then: what is noted here may be too early,
/// never too late, and is put right when its time comes or when the next deadline is asked for.
package struct TimerWheel {
    package static let tick = Instant.Span.milliseconds(10)

    private static let slotBits = 6
    private static let slotsOfLevel = 1 << slotBits
    /// 42 bits of ticks are more than an `Instant` can have.
    private static let levels = 7

    /// A peer's place in its slot's list.
    private struct Entry {
        var tick: UInt64 = 0
        var next = UInt32.none
        /// The peer before, or `Self.slotMark` and the slot for the first of one; `.none`: in no slot.
        var previous = UInt32.none
    }

    /// Peers' numbers are smaller.
    private static let slotMark: UInt32 = 1 << 31

    /// By peer.
    private var entries: ContiguousArray<Entry> = []
    /// The first peer of each slot, levels one after the other.
    private var heads: ContiguousArray<UInt32> = []
    /// By level: a bit for each slot that has peers.
    private var occupied = ContiguousArray<UInt64>(repeating: 0, count: levels)
    /// The tick that the wheel has come to.
    private var position: UInt64 = 0
    /// The peer that comes first, where that is known.
    private var foremost = UInt32.none

    package init() {}

    /// Where to begin, while no timer runs: from far away, the slots are coarse.
    package mutating func begin(at now: Instant) {
        guard frontSlot == nil else { return }
        position = max(position, now.nanoseconds / Self.tick.nanoseconds)
    }

    /// When the peer is looked at, in whole ticks; `.never` if no timer of it runs.
    @inline(__always)
    package func deadline(of peer: UInt32) -> Instant {
        guard Int(peer) < entries.count, entries[Int(peer)].previous != .none else { return .never }
        return Self.instant(entries[Int(peer)].tick)
    }

    /// Sets when the peer is looked at; `.never` takes it out.
    package mutating func set(_ peer: UInt32, _ deadline: Instant) {
        guard deadline != .never else {
            if Int(peer) < entries.count { unlink(peer) }
            return
        }
        while entries.count <= Int(peer) { entries.append(Entry()) }
        let tick = max(Self.tick(of: deadline), position)
        if entries[Int(peer)].previous != .none {
            guard entries[Int(peer)].tick != tick else { return }
            unlink(peer)
        }
        link(peer, tick)
    }

    /// The next deadline, in whole ticks. `actual` says when a peer is really to be looked at: no earlier than was set.
    package mutating func next(_ actual: (UInt32) -> Instant) -> Instant? {
        while true {
            if foremost != .none {
                let deadline = actual(foremost)
                if Self.isDue(deadline, by: entries[Int(foremost)].tick) {
                    return Self.instant(entries[Int(foremost)].tick)
                }
                set(foremost, deadline)
            } else {
                guard let slot = frontSlot else { return nil }
                findForemost(of: slot, actual)
            }
        }
    }

    /// Takes out a peer whose time has come.
    package mutating func takeDue(at now: Instant) -> UInt32? {
        let tick = now.nanoseconds / Self.tick.nanoseconds
        while let slot = frontSlot {
            let start = start(of: slot)
            guard start <= tick else { break }
            position = max(position, start)
            guard slot >= Self.slotsOfLevel else {
                let peer = heads[slot]
                unlink(peer)
                return peer
            }
            lower(slot)
        }
        // Nothing lies between: whoever is left stays on its level.
        position = max(position, tick)
        return nil
    }

    // MARK: Slots

    /// The first slot that has peers: all on one level come before those on the next.
    private var frontSlot: Int? {
        for level in 0..<Self.levels where occupied[level] != 0 {
            return level << Self.slotBits + occupied[level].trailingZeroBitCount
        }
        return nil
    }

    /// The first tick of a slot.
    private func start(of slot: Int) -> UInt64 {
        let shift = UInt64(slot >> Self.slotBits * Self.slotBits)
        let turn = shift + UInt64(Self.slotBits)
        return (position >> turn) << turn | UInt64(slot & (Self.slotsOfLevel - 1)) << shift
    }

    private func slot(of tick: UInt64) -> Int {
        let differing = tick ^ position
        let level = differing == 0 ? 0 : (UInt64.bitWidth - 1 - differing.leadingZeroBitCount) / Self.slotBits
        let number = Int(truncatingIfNeeded: tick >> UInt64(level * Self.slotBits)) & (Self.slotsOfLevel - 1)
        return level << Self.slotBits + number
    }

    /// Spreads a slot's peers over the levels below; the wheel has come to its first tick.
    private mutating func lower(_ slot: Int) {
        var peer = heads[slot]
        heads[slot] = .none
        occupied[slot >> Self.slotBits] &= ~(1 << UInt64(slot & (Self.slotsOfLevel - 1)))
        while peer != .none {
            let next = entries[Int(peer)].next
            link(peer, entries[Int(peer)].tick)
            peer = next
        }
    }

    /// Looks for the first peer of the front slot, and moves those on whose time is later than was set.
    private mutating func findForemost(of slot: Int, _ actual: (UInt32) -> Instant) {
        var first = UInt32.none
        var peer = heads[slot]
        while peer != .none {
            let next = entries[Int(peer)].next
            let deadline = actual(peer)
            if !Self.isDue(deadline, by: entries[Int(peer)].tick) { set(peer, deadline) }
            let entry = entries[Int(peer)]
            if entry.previous != .none, self.slot(of: entry.tick) == slot,
                first == .none || entry.tick < entries[Int(first)].tick
            {
                first = peer
                // On the lowest level, all of a slot have the same tick.
                if slot < Self.slotsOfLevel { break }
            }
            peer = next
        }
        foremost = first
    }

    // MARK: Lists

    private mutating func link(_ peer: UInt32, _ tick: UInt64) {
        if heads.isEmpty { heads = ContiguousArray(repeating: .none, count: Self.levels * Self.slotsOfLevel) }
        let slot = slot(of: tick)
        let next = heads[slot]
        entries[Int(peer)] = Entry(tick: tick, next: next, previous: Self.slotMark | UInt32(slot))
        if next != .none { entries[Int(next)].previous = peer }
        heads[slot] = peer
        occupied[slot >> Self.slotBits] |= 1 << UInt64(slot & (Self.slotsOfLevel - 1))
        if foremost != .none, tick < entries[Int(foremost)].tick { foremost = peer }
    }

    private mutating func unlink(_ peer: UInt32) {
        let entry = entries[Int(peer)]
        guard entry.previous != .none else { return }
        if entry.next != .none { entries[Int(entry.next)].previous = entry.previous }
        if entry.previous & Self.slotMark == 0 {
            entries[Int(entry.previous)].next = entry.next
        } else {
            let slot = Int(entry.previous & ~Self.slotMark)
            heads[slot] = entry.next
            if entry.next == .none {
                occupied[slot >> Self.slotBits] &= ~(1 << UInt64(slot & (Self.slotsOfLevel - 1)))
            }
        }
        entries[Int(peer)] = Entry()
        if foremost == peer { foremost = .none }
    }

    // MARK: Ticks

    /// The first tick that is not before the deadline.
    private static func tick(of deadline: Instant) -> UInt64 {
        let (ticks, rest) = deadline.nanoseconds.quotientAndRemainder(dividingBy: tick.nanoseconds)
        return rest == 0 ? ticks : ticks + 1
    }

    private static func isDue(_ deadline: Instant, by tick: UInt64) -> Bool {
        deadline.nanoseconds <= tick * Self.tick.nanoseconds
    }

    private static func instant(_ tick: UInt64) -> Instant {
        Instant(nanoseconds: tick * Self.tick.nanoseconds)
    }
}

extension UInt32 {
    /// No peer.
    fileprivate static var none: UInt32 { .max }
}
