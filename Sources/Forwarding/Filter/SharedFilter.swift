internal import Synchronization

/// A packet filter that several threads use, each with a `FlowCache` before it, so that few packets come here.
package final class SharedFilter: Sendable {
    fileprivate struct State: ~Copyable, Sendable {
        var filter: PacketFilter
        var lastExpiry: UInt32 = 0
    }

    private let state: Mutex<State>
    /// Of the policy in force: what was cached under another one is void.
    private let generation = Atomic<UInt32>(SharedFilter.newGeneration())
    /// Generations are of one filter alone, as a cache may see one filter after another.
    private static let lastGeneration = Atomic<UInt32>(0)

    /// - Parameter hashKey: random and secret, or others can make its tables slow.
    package init(_ policy: CompiledPolicy, hashKey: (UInt64, UInt64)) {
        state = Mutex(State(filter: PacketFilter(policy, hashKey: hashKey)))
    }

    /// Puts another policy in force from the next packet on, on all threads. Flows that it allows go on undisturbed.
    package func install(_ policy: CompiledPolicy) {
        state.withLock { state in
            state.filter.install(policy)
            generation.store(Self.newGeneration(), ordering: .releasing)
        }
    }

    private static func newGeneration() -> UInt32 {
        lastGeneration.wrappingAdd(1, ordering: .relaxed).newValue
    }

    package func flowRecords(limit: Int, at now: UInt32) -> [FlowRecord] {
        state.withLock { $0.filter.flowRecords(limit: limit, at: now) }
    }

    package var counters: FilterCounters { state.withLock { $0.filter.counters } }

    /// By rule, in the order of the policy's rules. What a cache let pass is counted when it asks about the flow again, or puts
    /// another in its place: after a second at the earliest.
    package var countersOfRules: [(name: String, counters: RuleCounters)] {
        state.withLock { $0.filter.countersOfRules }
    }

    // MARK: For caches

    @inline(__always)
    var currentGeneration: UInt32 { generation.load(ordering: .acquiring) }

    /// As `PacketFilter.check`.
    func check(_ packet: UnsafeRawBufferPointer, from origin: PacketOrigin, at now: UInt32) -> Verdict {
        state.withLock { $0.check(packet, from: origin, at: now) }
    }

    /// Judges a packet of a flow, after counting those that passed by the cache. Returns the rule of the flow besides, `nil` when
    /// the packet is of none.
    func check(
        _ packet: UnsafeRawBufferPointer, from origin: PacketOrigin, at now: UInt32, of key: FlowKey,
        after passed: CachedPassage
    ) -> (verdict: Verdict, rule: UInt32?, generation: UInt32) {
        state.withLock { state in
            let current = currentGeneration
            state.filter.count(passed, isCurrent: passed.generation == current)
            let verdict = state.check(packet, from: origin, at: now)
            return (verdict, verdict == .pass ? state.filter.rule(of: key) : nil, current)
        }
    }
}

extension SharedFilter.State {
    /// Lets the filter forget what has timed out, once a second, and only while packets come anyway.
    mutating func check(_ packet: UnsafeRawBufferPointer, from origin: PacketOrigin, at now: UInt32) -> Verdict {
        if now != lastExpiry {
            lastExpiry = now
            filter.expire(at: now)
        }
        return filter.check(packet, from: origin, at: now)
    }
}

/// Packets of one flow that a cache let pass, to be counted.
struct CachedPassage {
    var packets: UInt32 = 0
    /// `FlowEntry.noRule`: the default allows it.
    var rule = FlowEntry.noRule
    /// Of the policy that the rule is of.
    var generation: UInt32 = 0
}
