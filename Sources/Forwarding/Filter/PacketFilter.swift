internal import Addressing

/// The stateful packet filter of one forwarding domain.
///
/// It judges packets of both directions with one flow table: a packet of a known flow passes, any other is judged as one
/// whose sender opens a flow. Nothing is allocated per packet. Not thread-safe: see `SharedFilter`.
// Unchecked: all its memory is its own, and there is one of it, so that it may go from thread to thread.
package struct PacketFilter: ~Copyable, @unchecked Sendable {
    package private(set) var counters = FilterCounters()
    private var policy: CompiledPolicy
    /// Of the policy; flows that an older one allowed are judged again at their next packet.
    private var generation: UInt32 = 0
    private var flows: FlowTable
    private let fragments: FragmentTable
    private var ruleCounters: [RuleCounters]

    /// - Parameters:
    ///   - capacity: flows at most; each takes about 100 bytes once it is used.
    ///   - hashKey: random and secret, or others can make the table slow.
    package init(_ policy: CompiledPolicy, capacity: Int = 65_536, hashKey: (UInt64, UInt64)) {
        self.policy = policy
        flows = FlowTable(capacity: capacity, hashKey: hashKey)
        fragments = FragmentTable(sets: max(16, min(capacity, 65_536) / 64), hashKey: hashKey)
        ruleCounters = Array(repeating: RuleCounters(), count: policy.policy.rules.count)
    }

    package var flowCount: Int { flows.count }

    /// Puts another policy in force from the next packet on. Flows that it allows go on undisturbed.
    package mutating func install(_ policy: CompiledPolicy) {
        var old: [String: RuleCounters] = [:]
        for (rule, counters) in zip(self.policy.policy.rules, ruleCounters) { old[rule.name] = counters }
        self.policy = policy
        generation &+= 1
        ruleCounters = policy.policy.rules.map { old[$0.name] ?? RuleCounters() }
    }

    /// Judges the packet that `packet` begins with; bytes after its own length are ignored.
    ///
    /// - Parameters:
    ///   - origin: who is known to have sent it.
    ///   - now: seconds on a clock that does not go back.
    package mutating func check(_ packet: UnsafeRawBufferPointer, from origin: PacketOrigin, at now: UInt32) -> Verdict
    {
        let verdict = verdict(packet, origin, now)
        counters.count(verdict)
        return verdict
    }

    /// Frees what has timed out, a bounded number of flows at a time. To be called every second or so; packets are judged
    /// rightly without it.
    package mutating func expire(at now: UInt32) {
        flows.expire(now: now, limit: 4_096)
    }

    /// Counts packets that a cache let pass; their rule's too, if the policy that it is of is still in force.
    mutating func count(_ passage: CachedPassage, isCurrent: Bool) {
        guard passage.packets > 0 else { return }
        counters.passed += UInt64(passage.packets)
        if isCurrent, passage.rule != FlowEntry.noRule {
            ruleCounters[Int(passage.rule)].packets += UInt64(passage.packets)
        }
    }

    /// Of a flow that a packet has just passed by; `FlowEntry.noRule`: the default allows it. `nil`: there is no such flow.
    func rule(of key: FlowKey) -> UInt32? { flows.find(key).map { flows[$0].rule } }

    /// By rule, in the order of the policy's rules.
    package var countersOfRules: [(name: String, counters: RuleCounters)] {
        zip(policy.policy.rules, ruleCounters).map { ($0.name, $1) }
    }

    /// Calls `body` with flows and the names of their rules until it returns false.
    func forEachFlow(_ body: (borrowing FlowEntry, _ rule: String?) -> Bool) {
        flows.forEach { entry in
            let isCurrent = entry.generation == generation && entry.rule != FlowEntry.noRule
            return body(entry, isCurrent ? policy.policy.rules[Int(entry.rule)].name : nil)
        }
    }
}

// MARK: - Judging

extension PacketFilter {
    private mutating func verdict(_ packet: UnsafeRawBufferPointer, _ origin: PacketOrigin, _ now: UInt32) -> Verdict {
        let header: PacketHeader
        do {
            header = try PacketHeader(parsing: packet)
        } catch {
            return .drop(.fault(error))
        }
        guard header.fragment != .later else {
            return fragments.admits(header, now: now) ? .pass : .drop(.unknownFragment)
        }
        let verdict = judge(header, packet, origin, now)
        if header.fragment == .first, verdict == .pass { fragments.remember(header, now: now) }
        return verdict
    }

    private mutating func judge(
        _ header: PacketHeader, _ packet: UnsafeRawBufferPointer, _ origin: PacketOrigin, _ now: UInt32
    ) -> Verdict {
        if header.isICMP {
            switch header.icmpRole {
            case .error: return judgeError(header, packet, now)
            case .other: return judgeAlone(header)
            case .query, .reply: break
            }
        }
        let sight = FlowSight(header)
        guard let slot = currentFlow(sight.key, now) else { return judgeOpening(header, sight, origin, now) }
        let fromOpener = flows[slot].openedByLow == sight.fromLow
        // With an identifier that equals the type, both ends' queries look like one flow.
        if header.isICMP, fromOpener != (header.icmpRole == .query) { return judgeAlone(header) }
        if header.tcpFlags.opens, !fromOpener || flows[slot].stage == .closing {
            return judgeReopening(header, sight, slot, origin, now)
        }
        advance(slot, header, fromOpener: fromOpener, now)
        countPacket(of: flows[slot].rule)
        return .pass
    }

    /// The flow, unless its time is over or the policy in force denies it.
    private mutating func currentFlow(_ key: FlowKey, _ now: UInt32) -> UInt32? {
        guard let slot = flows.find(key) else { return nil }
        guard !flows.isExpired(slot, now: now) else {
            flows.remove(slot)
            return nil
        }
        if flows[slot].generation != generation {
            let decision = policy.decide(
                key.family, opener: flows[slot].opener.address, target: flows[slot].target.address,
                protocolNumber: key.protocolNumber, port: flows[slot].targetPort)
            guard decision.allows else {
                flows.remove(slot)
                return nil
            }
            flows[slot].generation = generation
            flows[slot].rule = decision.rule.map(UInt32.init) ?? FlowEntry.noRule
        }
        return slot
    }

    private mutating func judgeOpening(
        _ header: PacketHeader, _ sight: FlowSight, _ origin: PacketOrigin, _ now: UInt32
    ) -> Verdict {
        // A reset or an ICMP reply opens nothing that could be answered.
        guard !header.tcpFlags.contains(.rst), !header.isICMP || header.icmpRole == .query else {
            return judgeAlone(header)
        }
        let decision = decide(header)
        guard decision.allows else { return deny(decision) }
        let entry = FlowEntry(
            key: sight.key, openedByLow: sight.fromLow, stage: .unanswered,
            finished: header.tcpFlags.contains(.fin) ? 1 : 0, origin: OriginShares.bucket(origin), lastSeen: now,
            generation: generation, rule: decision.rule.map(UInt32.init) ?? FlowEntry.noRule)
        guard flows.insert(entry, now: now) != nil else { return .drop(.flowTableFull) }
        counters.flowsOpened += 1
        if let rule = decision.rule { ruleCounters[rule].flows += 1 }
        countPacket(of: entry.rule)
        return .pass
    }

    /// A SYN on the ports of a flow that its sender did not open, or that is ending: nobody gets further by it than
    /// by opening a flow.
    private mutating func judgeReopening(
        _ header: PacketHeader, _ sight: FlowSight, _ slot: UInt32, _ origin: PacketOrigin, _ now: UInt32
    ) -> Verdict {
        guard flows[slot].stage == .closing else { return judgeAlone(header) }
        let decision = decide(header)
        guard decision.allows else { return deny(decision) }
        flows.remove(slot)
        return judgeOpening(header, sight, origin, now)
    }

    private mutating func advance(_ slot: UInt32, _ header: PacketHeader, fromOpener: Bool, _ now: UInt32) {
        var stage = flows[slot].stage
        if stage == .unanswered, !fromOpener { stage = .answered(header.protocolNumber) }
        if header.protocolNumber == IPProtocol.tcp {
            if header.tcpFlags.contains(.fin) { flows[slot].finished |= fromOpener ? 1 : 2 }
            if header.tcpFlags.contains(.rst) || flows[slot].finished == 3 { stage = .closing }
        }
        flows.touch(slot, stage: stage, now: now)
    }

    private mutating func judgeError(_ header: PacketHeader, _ packet: UnsafeRawBufferPointer, _ now: UInt32) -> Verdict
    {
        let start = header.transportOffset + 8
        let quotation = UnsafeRawBufferPointer(rebasing: packet[start..<min(packet.count, header.totalLength)])
        guard let quoted = try? PacketHeader(parsing: quotation, extent: .quotation), quoted.fragment != .later,
            quoted.family == header.family, quoted.source == header.destination,
            let slot = currentFlow(FlowSight(quoted).key, now)
        else { return .drop(.unrelatedError) }
        countPacket(of: flows[slot].rule)
        return .pass
    }

    /// By the policy, without a flow.
    private mutating func judgeAlone(_ header: PacketHeader) -> Verdict {
        let decision = decide(header)
        guard decision.allows else { return deny(decision) }
        if let rule = decision.rule { ruleCounters[rule].packets += 1 }
        return .pass
    }

    private func decide(_ header: PacketHeader) -> CompiledPolicy.Decision {
        policy.decide(
            header.family, opener: header.source, target: header.destination, protocolNumber: header.protocolNumber,
            port: header.destinationPort)
    }

    private mutating func deny(_ decision: CompiledPolicy.Decision) -> Verdict {
        guard let rule = decision.rule else { return .drop(.deniedByDefault) }
        ruleCounters[rule].packets += 1
        return .drop(.deniedByRule)
    }

    private mutating func countPacket(of rule: UInt32) {
        if rule != FlowEntry.noRule { ruleCounters[Int(rule)].packets += 1 }
    }
}
