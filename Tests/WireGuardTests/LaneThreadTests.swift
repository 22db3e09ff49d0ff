import Addressing
import Glibc
import Synchronization
import TestRandom
import Testing
import Tunneling
import WireGuard

/// Two devices with lanes on threads of their own, and packets between all of them while sessions are renewed and other peers and
/// prefixes come and go. The clock goes on with the packets: a step when those of the step before have arrived.
@Suite struct LaneThreadTests {
    private static let lanes = 3
    private static let steps = 75
    private static let packetsOfStep = 12
    private static let secondsOfStep: UInt64 = 4
    /// Of a lane.
    private static let packets = steps * packetsOfStep

    /// What all threads of a side share.
    private final class Side: Sendable {
        /// Of the device's own thread first, then of each lane.
        let queues = (0...lanes).map { _ in ThreadQueue() }
        let accepted = Atomic(0)
        let dropped = Atomic(0)
        /// Packets that came, by the lane that they are of and their number.
        let arrivals = Mutex<[[UInt8]]>(Array(repeating: Array(repeating: 0, count: packets), count: lanes))
        let damaged = Atomic(0)
        let tunnel: IPAddress
        let endpoint: Endpoint

        init(_ host: Host) {
            tunnel = host.tunnel
            endpoint = host.endpoint
        }
    }

    private struct World: Sendable {
        let sides: [Side]
        let step = Counter()
        let isOver = Counter()

        var now: Instant { .start + .seconds(UInt64(step.value) * secondsOfStep) }

        func packet(from side: Int, lane: Int, _ number: Int) -> [UInt8] {
            var generator = SeededRandom(UInt64(side << 40 | lane << 32 | number))
            return TestPacket.make(
                from: sides[side].tunnel, to: sides[1 - side].tunnel,
                payload: [UInt8(lane), UInt8(number >> 8), UInt8(number & 255)] + generator.bytes(40))
        }
    }

    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .acquiring) }
        func add() { count.add(1, ordering: .releasing) }
    }

    /// Something that one thread made, for the one that uses it.
    private struct Handed<Value>: @unchecked Sendable {
        // Unchecked: nobody else uses it until that thread has ended.
        let value: Value
    }

    @Test func everyPacketArrivesOnceWhileSessionsPeersAndPrefixesChange() throws {
        let hosts = [try Host(1), try Host(2)]
        for index in 0...1 { try hosts[index].add(hosts[1 - index], at: hosts[1 - index].endpoint) }
        let world = World(sides: hosts.map { Side($0) })
        var bodies: [@Sendable () -> Void] = [{ Self.moveClock(world) }]
        for (index, host) in hosts.enumerated() {
            for number in 0..<Self.lanes {
                let lane = Handed(value: SideLane(of: host))
                let peer = try host.peer(hosts[1 - index])
                bodies.append { Self.runLane(lane.value, to: peer, side: index, number, world) }
            }
            let device = Handed(value: host)
            bodies.append { Self.runDevice(device.value, side: index, world) }
        }
        Threads.run(bodies)
        deliverTheRest(hosts, world)

        let total = Self.packets * Self.lanes
        for side in world.sides {
            #expect(side.accepted.load(ordering: .relaxed) == total)
            #expect(side.dropped.load(ordering: .relaxed) == 0 && side.damaged.load(ordering: .relaxed) == 0)
            #expect(side.arrivals.withLock { $0.allSatisfy { $0.allSatisfy { $0 == 1 } } })
        }
        let statistics = try (0...1).map {
            try #require(hosts[$0].device.statistics(of: hosts[$0].peer(hosts[1 - $0])))
        }
        for (here, there) in [(statistics[0], statistics[1]), (statistics[1], statistics[0])] {
            #expect(here.sentPackets == total && here.receivedPackets == total)
            // The clock may have gone on so far that a handshake message was sent again, and one of the two not taken.
            #expect((0..<2_000).contains(Int(here.sentBytes) - Int(there.receivedBytes)))
            #expect(here.handshakes >= 1 + UInt64(Self.steps) * Self.secondsOfStep / 121)
        }
        #expect(hosts.allSatisfy { $0.device.peerCount == 1 })
    }

    /// Keepalives, and what lanes reported last.
    private func deliverTheRest(_ hosts: [Host], _ world: World) {
        for _ in 0..<2 {
            for (index, side) in world.sides.enumerated() {
                for datagram in side.queues.flatMap({ $0.takeAll() }) {
                    hosts[index].receive(datagram, from: world.sides[1 - index].endpoint, now: world.now)
                }
                hosts[index].device.takeReports(now: world.now)
                world.sides[1 - index].queues[0].push(hosts[index].device.takeOutbox().map(\.bytes))
            }
        }
    }

    /// A step further whenever the packets of the step before have arrived; those of the next are under way then.
    private static func moveClock(_ world: World) {
        defer { world.isOver.add() }
        for step in 0..<steps {
            let expected = (step + 1) * packetsOfStep * lanes
            var patience = 10_000_000
            while world.sides.contains(where: { $0.accepted.load(ordering: .acquiring) < expected }) {
                patience -= 1
                // Something is lost: the test has failed.
                guard patience > 0 else { return }
                sched_yield()
            }
            world.step.add()
        }
    }

    private static func runLane(_ lane: SideLane, to peer: PeerID, side index: Int, _ number: Int, _ world: World) {
        let (here, there) = (world.sides[index], world.sides[1 - index])
        var generator = SeededRandom(UInt64(index * 100 + number))
        var sent = 0
        var waits = false
        while world.isOver.value == 0 {
            let now = world.now
            // Two steps ahead, so that something is under way whenever the clock moves.
            let limit = min(packets, (world.step.value + 2) * packetsOfStep)
            if sent < limit {
                let count = Int.random(in: 1...min(5, limit - sent), using: &generator)
                let batch = (sent..<sent + count).map { world.packet(from: index, lane: number, $0) }
                if let datagrams = try? lane.seal(batch, for: peer, now: now) {
                    waits = false
                    sent += count
                    there.queues[Int.random(in: 0...lanes, using: &generator)].push(datagrams.map(\.bytes))
                } else if index == 0, !waits, lane.enqueue(batch[0], for: peer, now: now) == .queued {
                    // One alone begins sessions, and has a packet wait for each.
                    waits = true
                    sent += 1
                }
            }
            let arrived = here.queues[number + 1].takeAll()
            if arrived.isEmpty { sched_yield() }
            guard let outcomes = try? lane.take(arrived, from: there.endpoint, now: now) else { return }
            for outcome in outcomes { note(outcome, side: index, world) }
        }
    }

    private static func runDevice(_ host: Host, side index: Int, _ world: World) {
        let (here, there) = (world.sides[index], world.sides[1 - index])
        let device = host.device
        var generator = SeededRandom(UInt64(index + 7))
        var others: [PeerID] = []
        while world.isOver.value == 0 {
            let now = world.now
            device.advance(to: now)
            for datagram in here.queues[0].takeAll() {
                switch host.receive(datagram, from: there.endpoint, now: now) {
                case .packet(let peer, _): note(.packet(peer, host.delivered[0].packet), side: index, world)
                case .handled: break
                case .dropped(let reason): note(.dropped(reason), side: index, world)
                }
                host.forgetDelivered()
            }
            there.queues[Int.random(in: 0...lanes, using: &generator)].push(device.takeOutbox().map(\.bytes))
            device.settleReports()
            change(device, &others, &generator, now)
            sched_yield()
        }
        for peer in others { device.removePeer(peer) }
    }

    /// Peers that nobody knows, and prefixes beside and above those that packets go by.
    private static func change(
        _ device: Device, _ others: inout [PeerID], _ generator: inout SeededRandom, _ now: Instant
    ) {
        if others.count > 8 { device.removePeer(others.removeFirst()) }
        guard let key = PublicKey(generator.bytes(32)), let peer = device.addPeer(key) else { return }
        others.append(peer)
        let prefixes = (0..<4).compactMap { _ in
            IPPrefix(
                IPAddress(v4: 0x0A00_0000 | generator.next32() & 0xFFFF00),
                length: Int.random(in: 8...24, using: &generator)
            )?.network
        }
        device.replaceAllowedIPs(prefixes, of: peer)
        device.setEndpoint(Endpoint(IPAddress(v4: generator.next32()), port: 1), of: peer, now: now)
    }

    private static func note(_ outcome: Batch.Outcome, side index: Int, _ world: World) {
        let side = world.sides[index]
        switch outcome {
        case .keepalive: break
        case .dropped: side.dropped.add(1, ordering: .relaxed)
        case .packet(_, let packet):
            let (lane, number) = (Int(packet[20]), Int(packet[21]) << 8 | Int(packet[22]))
            guard lane < lanes, number < packets, packet == world.packet(from: 1 - index, lane: lane, number) else {
                side.damaged.add(1, ordering: .relaxed)
                return
            }
            side.arrivals.withLock { $0[lane][number] += 1 }
            side.accepted.add(1, ordering: .releasing)
        }
    }
}

extension SeededRandom {
    fileprivate mutating func next32() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
}
