internal import Glibc

/// Merges packets that came out of a tunnel into large ones, as Linux's GRO does with those of a network card: the
/// kernel then has one packet to carry where there were dozens.
///
///     for packet in batch { merger.feed(packet.base, count: packet.count, tag: …) }
///     while let packet = merger.next() { writev(device, packet.vectors …) }
///
/// Only what can be split into the very same packets again is merged (an IPv4 identification that stays the same
/// although fragmenting is forbidden comes out counted up; it means nothing), and only with right checksums;
/// everything else passes through untouched. The order inside a flow is kept. Nothing is copied: vectors point into
/// the packets, which must stay where they are until `next` has returned `nil`; the first packet's header is changed
/// in place for merged ones.
///
/// Belongs to one thread. Allocates only when it is made.
package final class PacketMerger {
    /// How many packets can be fed before they are taken out.
    package let capacity: Int
    private let mergesUDP: Bool

    let packets: UnsafeMutablePointer<FedPacket>
    let groups: UnsafeMutablePointer<MergeGroup>
    private let state: UnsafeMutablePointer<State>
    /// One more than packets: the first is for the header.
    let vectors: UnsafeMutablePointer<iovec>
    let header: UnsafeMutableRawPointer

    private struct State {
        var flows: FlowIndex
        var packetCount = 0
        var groupCount = 0
        /// Groups that `next` has returned.
        var taken = 0
        /// The group that was last opened or joined, and its flow's place in the index; -1 for none.
        var recent = -1
        var recentPlace = -1
    }

    /// - Parameters:
    ///   - capacity: packets that can be fed at a time, up to 1,000 (the kernel takes 1,024 vectors).
    ///   - mergesUDP: whether the device takes large UDP packets (`VirtioNetHeader.SegmentationType.udp`).
    ///   - seed: unknown to whoever sends the packets.
    package init(capacity: Int, mergesUDP: Bool, seed: UInt64 = .random(in: 0...UInt64.max)) {
        precondition(capacity > 0 && capacity <= 1000)
        self.capacity = capacity
        self.mergesUDP = mergesUDP
        packets = .allocate(capacity: capacity)
        groups = .allocate(capacity: capacity)
        vectors = .allocate(capacity: capacity + 1)
        header = .allocate(byteCount: VirtioNetHeader.byteCount, alignment: 8)
        vectors.initialize(to: iovec(iov_base: header, iov_len: VirtioNetHeader.byteCount))
        state = .allocate(capacity: 1)
        state.initialize(to: State(flows: FlowIndex(capacity: capacity, seed: seed)))
    }

    deinit {
        state.pointee.flows.deallocate()
        state.deallocate()
        header.deallocate()
        vectors.deallocate()
        groups.deallocate()
        packets.deallocate()
    }

    /// Packets that have been fed since the last were taken out.
    package var count: Int { state.pointee.packetCount }
    package var isFull: Bool { state.pointee.packetCount == capacity }

    /// Adds a packet. The merger must not be full, and all large packets of before must have been taken.
    /// - Parameters:
    ///   - base: the packet, from its IP header on. Any content will do.
    ///   - tag: comes out with the large packet of which this is the first.
    package func feed(_ base: UnsafeMutableRawPointer, count: Int, tag: UInt64) {
        let index = state.pointee.packetCount
        precondition(index < capacity && state.pointee.taken == 0 && count >= 0 && count <= Int(Int32.max))
        packets[index] = FedPacket(base: base, count: Int32(truncatingIfNeeded: count), next: -1)
        state.pointee.packetCount = index &+ 1
        let packet = MergeCandidate(base, count: count, mergesUDP: mergesUDP)
        switch packet.role {
        case .segment: feed(segment: packet, index, tag)
        case .alone:
            close(flowOf: packet)
            open(MergeGroup(alone: packet, index: index, tag: tag))
        case .unknownFlow:
            closeAll(between: packet)
            open(MergeGroup(alone: packet, index: index, tag: tag))
        case .foreign: open(MergeGroup(alone: packet, index: index, tag: tag))
        }
    }

    /// The next packet for the device: in the order of their first packets. `nil` when all have been taken, and the
    /// merger is empty again. What comes out is valid until the next call.
    package func next() -> MergedPacket? {
        let taken = state.pointee.taken
        guard taken < state.pointee.groupCount else {
            removeAll()
            return nil
        }
        state.pointee.taken = taken &+ 1
        return output(taken)
    }

    /// Forgets what has been fed.
    package func removeAll() {
        state.pointee.flows.removeAll()
        state.pointee.packetCount = 0
        state.pointee.groupCount = 0
        state.pointee.taken = 0
        state.pointee.recent = -1
    }

    @inline(__always)
    private func feed(segment packet: MergeCandidate, _ index: Int, _ tag: UInt64) {
        var (group, place) = (state.pointee.recent, state.pointee.recentPlace)
        // Most packets follow one of their own flow.
        if group < 0 || !groups[group].isFlow(of: packet) { (place, group) = find(packet) }
        if group >= 0 {
            let last = Int(groups[group].last)
            if groups[group].join(packet, index: index) {
                packets[last].next = Int32(truncatingIfNeeded: index)
                state.pointee.recent = group
                state.pointee.recentPlace = place
                return
            }
        }
        guard packet.canBegin, place >= 0 else {
            open(MergeGroup(alone: packet, index: index, tag: tag))
            return
        }
        let new = open(MergeGroup(beginning: packet, index: index, tag: tag))
        state.pointee.flows.set(place, new)
        state.pointee.recent = new
        state.pointee.recentPlace = place
    }

    @discardableResult
    @inline(__always)
    private func open(_ group: MergeGroup) -> Int {
        let index = state.pointee.groupCount
        // There are no more groups than packets.
        groups[index] = group
        state.pointee.groupCount = index &+ 1
        return index
    }

    @inline(__always)
    private func find(_ packet: MergeCandidate) -> (place: Int, group: Int) {
        let hash = state.pointee.flows.hash(packet.bytes, packet.form, transportStart: packet.transportStart)
        return state.pointee.flows.find(hash) { groups[$0].isFlow(of: packet) }
    }

    /// What comes next in the flow must not overtake this packet.
    @inline(__always)
    private func close(flowOf packet: MergeCandidate) {
        // Pure acknowledgements come alone mostly: no flow is open then.
        guard state.pointee.recent >= 0 else { return }
        let group = find(packet).group
        if group >= 0 { groups[group].isOpen = false }
    }

    @inline(never)
    private func closeAll(between packet: MergeCandidate) {
        for index in 0..<state.pointee.groupCount where groups[index].isOpen {
            if groups[index].hasAddresses(of: packet) { groups[index].isOpen = false }
        }
    }
}
