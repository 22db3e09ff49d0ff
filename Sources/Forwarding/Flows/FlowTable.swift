internal import Addressing

/// Flows by key, with a capacity that is fixed when it is made and memory that is touched only as flows come.
///
/// A hash table with chains; besides, the flows of each stage are linked by age. All operations take constant time,
/// given that nobody can make long chains (`KeyedHash`).
struct FlowTable: ~Copyable {
    let capacity: Int
    private(set) var count = 0

    /// Slot 0 is not used: 0 is "none".
    private let slots: UnsafeMutablePointer<FlowEntry>
    private let heads: UnsafeMutablePointer<UInt32>
    private let headMask: Int
    private var firstFree: UInt32 = 0
    /// Slots from here on were never used.
    private var untouched: UInt32 = 1
    private var oldest = StageLinks()
    private var newest = StageLinks()
    private let hash: KeyedHash
    private var shares: OriginShares

    /// - Parameter hashKey: secret and random.
    init(capacity: Int, hashKey: (UInt64, UInt64)) {
        self.capacity = max(capacity, 16)
        slots = .allocate(capacity: self.capacity + 1)
        var headCount = 16
        while headCount < self.capacity { headCount *= 2 }
        headMask = headCount - 1
        heads = .allocate(capacity: headCount)
        heads.initialize(repeating: 0, count: headCount)
        hash = KeyedHash(hashKey)
        shares = OriginShares(capacity: self.capacity)
    }

    deinit {
        slots.deallocate()
        heads.deallocate()
    }

    subscript(slot: UInt32) -> FlowEntry {
        _read { yield slots[Int(slot)] }
        // Not `&slots[…]`, nor nonmutating: ThreadSanitizer takes the base of that for an address, and the compiler ends.
        _modify { yield &(slots + Int(slot)).pointee }
    }

    func find(_ key: FlowKey) -> UInt32? {
        var slot = heads[head(of: key)]
        while slot != 0 {
            if slots[Int(slot)].key == key { return slot }
            slot = slots[Int(slot)].nextInChain
        }
        return nil
    }

    /// `nil` when there is no room: then nothing may be evicted either, or the origin has more than its share.
    mutating func insert(_ entry: FlowEntry, now: UInt32) -> UInt32? {
        guard shares.admits(entry.origin, total: count) else { return nil }
        guard let slot = takeFree() ?? evict(now: now) else { return nil }
        slots[Int(slot)] = entry
        let head = head(of: entry.key)
        slots[Int(slot)].nextInChain = heads[head]
        heads[head] = slot
        link(slot)
        count += 1
        shares.add(entry.origin)
        return slot
    }

    mutating func remove(_ slot: UInt32) {
        unlink(slot)
        unchain(slot)
        shares.remove(slots[Int(slot)].origin)
        slots[Int(slot)].nextInChain = firstFree
        firstFree = slot
        count -= 1
    }

    /// Notes a packet of the flow. The order within a stage is by seconds, so most calls touch nothing else.
    mutating func touch(_ slot: UInt32, stage: FlowStage, now: UInt32) {
        guard slots[Int(slot)].stage != stage || slots[Int(slot)].lastSeen != now else { return }
        unlink(slot)
        slots[Int(slot)].stage = stage
        slots[Int(slot)].lastSeen = now
        link(slot)
    }

    /// Removes flows whose time is over, at most `limit`.
    mutating func expire(now: UInt32, limit: Int) {
        var left = limit
        for stage in FlowStage.allCases {
            while left > 0, let slot = oldest(of: stage), idle(slot, now) >= stage.timeout {
                remove(slot)
                left -= 1
            }
        }
    }

    func isExpired(_ slot: UInt32, now: UInt32) -> Bool {
        idle(slot, now) >= slots[Int(slot)].stage.timeout
    }

    /// Calls `body` with flows from the newest on, stage by stage, until it returns false.
    func forEach(_ body: (borrowing FlowEntry) -> Bool) {
        for stage in FlowStage.allCases.reversed() {
            var slot = newest[stage]
            while slot != 0 {
                guard body(slots[Int(slot)]) else { return }
                slot = slots[Int(slot)].older
            }
        }
    }

    // MARK: Room

    private mutating func takeFree() -> UInt32? {
        if firstFree != 0 {
            let slot = firstFree
            firstFree = slots[Int(slot)].nextInChain
            return slot
        }
        guard Int(untouched) <= capacity else { return nil }
        slots.advanced(by: Int(untouched)).initialize(
            to: FlowEntry(
                key: FlowKey(low: 0, high: 0, lowPort: 0, highPort: 0, protocolNumber: 0, family: .v4),
                openedByLow: false, stage: .unanswered, origin: 0, lastSeen: 0, generation: 0, rule: 0))
        untouched += 1
        return untouched - 1
    }

    private mutating func evict(now: UInt32) -> UInt32? {
        let ended = FlowStage.allCases.first { stage in
            oldest(of: stage).map { idle($0, now) >= stage.timeout } ?? false
        }
        let stage =
            ended
            ?? FlowStage.allCases.first { stage in
                oldest(of: stage).map { idle($0, now) >= stage.evictableAfter } ?? false
            }
        guard let stage, let slot = oldest(of: stage) else { return nil }
        remove(slot)
        return takeFree()
    }

    // MARK: Links

    private func oldest(of stage: FlowStage) -> UInt32? {
        oldest[stage] == 0 ? nil : oldest[stage]
    }

    private func idle(_ slot: UInt32, _ now: UInt32) -> UInt32 {
        let seen = slots[Int(slot)].lastSeen
        return now > seen ? now - seen : 0
    }

    private func head(of key: FlowKey) -> Int {
        Int(truncatingIfNeeded: hash.of(key)) & headMask
    }

    private mutating func link(_ slot: UInt32) {
        let stage = slots[Int(slot)].stage
        slots[Int(slot)].newer = 0
        slots[Int(slot)].older = newest[stage]
        if newest[stage] != 0 { slots[Int(newest[stage])].newer = slot } else { oldest[stage] = slot }
        newest[stage] = slot
    }

    private mutating func unlink(_ slot: UInt32) {
        let entry = slots[Int(slot)]
        if entry.older != 0 { slots[Int(entry.older)].newer = entry.newer } else { oldest[entry.stage] = entry.newer }
        if entry.newer != 0 { slots[Int(entry.newer)].older = entry.older } else { newest[entry.stage] = entry.older }
    }

    private func unchain(_ slot: UInt32) {
        let head = head(of: slots[Int(slot)].key)
        guard heads[head] != slot else {
            heads[head] = slots[Int(slot)].nextInChain
            return
        }
        var previous = heads[head]
        while slots[Int(previous)].nextInChain != slot { previous = slots[Int(previous)].nextInChain }
        slots[Int(previous)].nextInChain = slots[Int(slot)].nextInChain
    }
}

/// A slot number for each stage.
private struct StageLinks {
    private var slots: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0)

    subscript(stage: FlowStage) -> UInt32 {
        get {
            switch stage {
            case .unanswered: slots.0
            case .closing: slots.1
            case .icmp: slots.2
            case .udp: slots.3
            case .other: slots.4
            case .established: slots.5
            }
        }
        set {
            switch stage {
            case .unanswered: slots.0 = newValue
            case .closing: slots.1 = newValue
            case .icmp: slots.2 = newValue
            case .udp: slots.3 = newValue
            case .other: slots.4 = newValue
            case .established: slots.5 = newValue
            }
        }
    }
}
