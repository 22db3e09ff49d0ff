import Addressing
import TestRandom
import Testing
import Tunneling
import WireGuard

/// The same traffic through batches, by another lane and one by one: pairs of devices with the same keys, random numbers and clocks
/// do the same to the byte. Times are drawn so that renewals, keepalives and expiry come up.
@Suite struct BatchEqualityTests {
    /// Two hosts that know each other.
    private struct World {
        enum Way: CaseIterable {
            case batch
            case single
            /// Everything comes and goes by a lane that is not the device's own, and is reported at once.
            case otherLane
        }

        let hosts: [Host]
        let batch: Batch?
        /// By host; empty where the own lanes do it.
        let lanes: [SideLane]

        init(seed: UInt64, _ way: Way) throws {
            hosts = try (1...2).map { try Host($0, seed: seed) }
            for (host, other) in [(hosts[0], hosts[1]), (hosts[1], hosts[0])] {
                let peer = try host.add(other, at: other.endpoint)
                if seed.isMultiple(of: 3) { host.device.setPersistentKeepalive(21, of: peer, now: .start) }
            }
            batch = way == .batch ? Batch() : nil
            lanes = way == .otherLane ? hosts.map { SideLane(of: $0) } : []
        }

        /// Has what lanes told told, until nothing is left that would wake the device for it.
        private func report(_ index: Int, _ now: Instant) {
            for _ in 0..<2 { hosts[index].device.takeReports(now: now) }
        }

        /// Something that a device made on its own.
        func take(_ datagram: [UInt8], to index: Int, now: Instant) throws {
            let sender = hosts[1 - index]
            guard !lanes.isEmpty else {
                hosts[index].receive(datagram, from: sender.endpoint, now: now)
                return
            }
            _ = try lanes[index].take([datagram], from: sender.endpoint, now: now)
            report(index, now)
        }

        func takeOutbox(of index: Int) -> [Outgoing] {
            defer { hosts[index].device.settleReports() }
            return hosts[index].device.takeOutbox()
        }

        /// The datagrams of packets from one host to the other; what has no session waits.
        func seal(_ packets: [[UInt8]], from: Int, now: Instant) throws -> [[UInt8]] {
            let (host, peer) = (hosts[from], try hosts[from].peer(hosts[1 - from]))
            if let batch, case .session = host.device.ownLane.beginSealing(0, for: peer, now: now) {
                return try batch.seal(packets, for: peer, by: host, now: now).map(\.bytes)
            }
            if !lanes.isEmpty {
                defer { report(from, now) }
                return try lanes[from].send(packets, to: hosts[1 - from], now: now).map(\.bytes)
            }
            // `seal` of a host takes the outbox: here it is looked at apart.
            var datagrams: [[UInt8]] = []
            for packet in packets {
                var buffer = [UInt8](repeating: 0, count: Device.headroom) + packet
                buffer += [UInt8](repeating: 0, count: Device.tailroom)
                let sealed = buffer.withUnsafeMutableBytes {
                    host.device.seal(
                        $0, packet: Device.headroom..<Device.headroom + packet.count, for: peer, now: now)
                }
                if case .datagram(let range) = sealed { datagrams.append(Array(buffer[range])) }
            }
            return datagrams
        }

        /// What came out of datagrams that arrive at once; handshake messages between them are taken apart.
        func open(_ datagrams: [[UInt8]], to: Int, now: Instant) throws -> [Batch.Outcome] {
            let (host, sender) = (hosts[to], hosts[1 - to])
            if let batch { return try batch.open(datagrams, from: sender, by: host, now: now) }
            if !lanes.isEmpty {
                defer { report(to, now) }
                return try lanes[to].take(datagrams, from: sender.endpoint, now: now)
            }
            return datagrams.map { datagram in
                switch host.receive(datagram, from: sender.endpoint, now: now) {
                case .packet(let peer, _): .packet(peer, host.delivered.last?.packet ?? [])
                case .handled: .keepalive
                case .dropped(let reason): .dropped(reason)
                }
            }
        }

        /// All that can be seen of a host from outside.
        func state(of index: Int) throws -> State {
            let (host, other) = (hosts[index], hosts[1 - index])
            let peer = try host.peer(other)
            return State(
                statistics: host.device.statistics(of: peer), deadline: host.device.nextDeadline,
                lastHandshake: host.device.lastHandshake(of: peer), path: host.device.ownLane.path(of: peer))
        }
    }

    private struct State: Equatable {
        let statistics: PeerStatistics?
        let deadline: Instant?
        let lastHandshake: WallTime?
        let path: Path?
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func statisticsTimersAndBytesAreTheSame(seed: UInt64) throws {
        let worlds = try World.Way.allCases.map { try World(seed: seed, $0) }
        var generator = SeededRandom(seed)
        var now = Instant.start
        var packets = 0
        for step in 0..<600 {
            // Mostly moments, sometimes long enough for each of the timers.
            let pause = UInt64.random(in: 1...200, using: &generator)
            let isLong = generator.chance(60, in: 1000)
            now = now + .milliseconds(isLong ? pause * 1_000 : pause)
            try advance(worlds, to: now, step)
            let from = Int.random(in: 0...1, using: &generator)
            let count = Int.random(in: 1...12, using: &generator)
            let isLost = generator.chance(150, in: 1000)
            let lostOne = generator.chance(200, in: 1000) ? Int.random(in: 0..<count, using: &generator) : nil
            let doubled = generator.chance(200, in: 1000) ? Int.random(in: 0..<count, using: &generator) : nil
            let (sender, receiver) = (worlds[0].hosts[from], worlds[0].hosts[1 - from])
            let batch = (0..<count).map { sender.packet(to: receiver, [UInt8(step & 255), UInt8($0)]) }
            let sealed = try worlds.map { try $0.seal(batch, from: from, now: now) }
            #expect(sealed.allSatisfy { $0 == sealed[0] })
            guard !isLost else { continue }
            var arriving = sealed[1]
            if let doubled, doubled < arriving.count { arriving.insert(arriving[doubled], at: doubled) }
            if let lostOne, lostOne < arriving.count { arriving.remove(at: lostOne) }
            let opened = try worlds.map { try $0.open(arriving, to: 1 - from, now: now) }
            #expect(opened.allSatisfy { $0 == opened[0] })
            packets += opened[1].count
            try exchangeOutboxes(worlds, now, step)
        }
        #expect(packets > 1_000)
        let statistics = try worlds[0].state(of: 0).statistics
        #expect((statistics?.handshakes ?? 0) > 5)
    }

    /// Runs timers up to `end`, each at its time.
    private func advance(_ worlds: [World], to end: Instant, _ step: Int) throws {
        while true {
            try compare(worlds, step)
            let deadlines = worlds[0].hosts.compactMap(\.device.nextDeadline)
            guard let deadline = deadlines.min(), deadline <= end else { break }
            for world in worlds {
                tellTime(world, deadline)
                for host in world.hosts { host.device.advance(to: deadline) }
            }
            try exchangeOutboxes(worlds, deadline, step)
        }
        for world in worlds { tellTime(world, end) }
    }

    private func tellTime(_ world: World, _ now: Instant) {
        for host in world.hosts {
            host.environment.setWallTime(
                since: WallTime(seconds: 1_800_000_000, nanoseconds: 0), elapsed: now - .start)
        }
    }

    /// Hands over what the devices made on their own, until they are quiet.
    private func exchangeOutboxes(_ worlds: [World], _ now: Instant, _ step: Int) throws {
        for _ in 0..<10 {
            var isQuiet = true
            for index in 0...1 {
                let boxes = worlds.map { $0.takeOutbox(of: index) }
                try #require(boxes.allSatisfy { $0 == boxes[0] }, "step \(step)")
                for (world, box) in zip(worlds, boxes) {
                    for outgoing in box {
                        isQuiet = false
                        try world.take(outgoing.bytes, to: 1 - index, now: now)
                    }
                }
            }
            if isQuiet { break }
        }
        try compare(worlds, step)
    }

    private func compare(_ worlds: [World], _ step: Int) throws {
        for index in 0...1 {
            let states = try worlds.map { try $0.state(of: index) }
            try #require(states.allSatisfy { $0 == states[0] }, "step \(step), host \(index)")
        }
    }
}
