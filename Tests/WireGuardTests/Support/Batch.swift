import AEAD
import Addressing
import Testing
import Tunneling
import WireGuard

/// What a batch has to do with memory: packets are sealed, and datagrams opened, one right behind the other.
final class Batch {
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    private let sealer: DataSealer
    private let opener: DataOpener
    /// What is in memory that nobody should touch.
    private static let untouched: UInt8 = 0xC5

    init(_ engine: AEADEngine = AEADEngine()) {
        sealer = DataSealer(engine: engine)
        opener = DataOpener(engine: engine)
    }

    deinit {
        memory.deallocate()
    }

    /// Packets for one peer.
    struct Group {
        let peer: PeerID
        let packets: [[UInt8]]
        /// How many packets the run is begun for; `nil`: as many as there are.
        var begun: Int?
    }

    /// Seals packets in one call, as one run for each group; their datagrams in order. Throws when there is no session.
    func seal(_ groups: [Group], by lane: DataLane, now: Instant) throws -> [Outgoing] {
        let base = try #require(memory.baseAddress)
        var used = 0
        var sealed: [(UnsafeMutableRawBufferPointer, Path)] = []
        for group in groups {
            let begun = lane.beginSealing(group.begun ?? group.packets.count, for: group.peer, now: now)
            guard case .session(var run) = begun else { throw NoSession() }
            for packet in group.packets {
                let start = base + used + Device.headroom
                let reach = packet.count + Device.tailroom
                start.initializeMemory(as: UInt8.self, repeating: Self.untouched, count: reach + Device.tailroom)
                start.copyMemory(from: packet, byteCount: packet.count)
                let datagram = sealer.add(start, count: packet.count, to: &run)
                #expect(datagram.count == Device.headroom + run.sealedCount(packet.count))
                #expect(datagram.baseAddress == base + used && datagram.count <= Device.headroom + reach)
                sealed.append((datagram, run.path))
                used += datagram.count
            }
            #expect(run.packets == group.packets.count)
            lane.endSealing(run, now: now)
        }
        (base + used).initializeMemory(as: UInt8.self, repeating: Self.untouched, count: 64)
        sealer.sealAll()
        #expect(memory[used..<used + 64].allSatisfy { $0 == Self.untouched })
        return sealed.map { Outgoing(bytes: Array($0), path: $1) }
    }

    func seal(_ groups: [Group], by host: Host, now: Instant) throws -> [Outgoing] {
        try seal(groups, by: host.device.ownLane, now: now)
    }

    func seal(_ packets: [[UInt8]], for peer: PeerID, by host: Host, now: Instant) throws -> [Outgoing] {
        try seal([Group(peer: peer, packets: packets)], by: host, now: now)
    }

    /// What became of a datagram.
    enum Outcome: Equatable {
        case packet(PeerID, [UInt8])
        case keepalive
        case dropped(DropReason)
    }

    /// Opens datagrams in one call. Whatever may be written to is written to as soon as a packet comes out, as by one who
    /// sends it on from where it lies.
    func open(
        _ datagrams: [(bytes: [UInt8], from: Endpoint)], by lane: DataLane, at source: LocalSource, now: Instant
    ) throws -> [Outcome] {
        let base = try #require(memory.baseAddress)
        var used = 0
        var outcomes: [Outcome?] = []
        var ends: [UnsafeMutableRawPointer] = []
        for (bytes, endpoint) in datagrams {
            let datagram = UnsafeMutableRawBufferPointer(start: base + used, count: bytes.count)
            datagram.copyBytes(from: bytes)
            used += bytes.count
            let path = Path(endpoint: endpoint, source: source)
            let refusal = lane.admit(datagram, on: path, to: opener, now: now)
            outcomes.append(refusal.map { .dropped($0) })
            if refusal == nil { ends.append(base + used) }
        }
        var opened: [Outcome] = []
        lane.openAll(opener, now: now) { outcome in
            switch outcome {
            case .packet(let peer, let packet, let room):
                opened.append(.packet(peer, Array(packet)))
                guard let start = packet.baseAddress else { return }
                #expect(room >= packet.count && opened.count <= ends.count && start + room == ends[opened.count - 1])
                (start - Device.headroom).initializeMemory(
                    as: UInt8.self, repeating: 0xEE, count: Device.headroom + room)
            case .keepalive: opened.append(.keepalive)
            case .dropped(let reason): opened.append(.dropped(reason))
            }
        }
        #expect(opened.count == ends.count)
        var next = opened.makeIterator()
        return outcomes.map { $0 ?? next.next() ?? .dropped(.malformed) }
    }

    func open(_ datagrams: [(bytes: [UInt8], from: Endpoint)], by host: Host, now: Instant) throws -> [Outcome] {
        try open(datagrams, by: host.device.ownLane, at: host.source, now: now)
    }

    func open(_ datagrams: [[UInt8]], from sender: Host, by host: Host, now: Instant) throws -> [Outcome] {
        try open(datagrams.map { ($0, sender.endpoint) }, by: host, now: now)
    }

    struct NoSession: Error {}
}

extension [UInt8] {
    /// Of a data message.
    var counter: UInt64 { (8..<16).reversed().reduce(0) { $0 << 8 | UInt64(self[$1]) } }
}
