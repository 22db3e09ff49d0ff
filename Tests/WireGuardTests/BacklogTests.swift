import Addressing
import OpenSSL
import Synchronization
import TestRandom
import Testing
import Tunneling
import WireGuard

/// Handshakes do not hold up data: they have a share of the time, and what is beyond it waits or is turned away.
@Suite struct BacklogTests {
    private func connected() throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        let network = Network(seed: 6)
        network.join([a, b])
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .milliseconds(10))
        b.forgetDelivered()
        return (a, b)
    }

    /// Runs what is due on a host, as an I/O layer does between batches. Returns how many handshake messages were taken up.
    @discardableResult
    private func runDue(_ host: Host, at now: Instant) -> UInt64 {
        let before = host.device.handshakeWork
        if let deadline = host.device.nextDeadline, deadline <= now { host.device.advance(to: now) }
        let after = host.device.handshakeWork
        return after.taken + after.begun - before.taken - before.begun
    }

    @Test func floodFromManySourcesTakesItsShareAndDataGoesOn() throws {
        let (a, b) = try connected()
        var flooders = (0..<1000).map { number in
            Flooder(
                at: Endpoint(IPAddress(v4: 0xC633_6400 + UInt32(number)), port: 9), against: b.publicKey,
                seed: UInt64(number))
        }
        // All of them prove that they receive at their addresses.
        b.device.forcesCookies = true
        for index in flooders.indices {
            let now = Instant.at(1 + Double(index) / 1000)
            #expect(
                b.receive(flooders[index].initiation(), from: flooders[index].endpoint, now: now)
                    == .dropped(.rateLimited))
            flooders[index].take(try #require(b.device.takeOutbox().last).bytes)
        }
        b.device.forcesCookies = false
        b.forgetDelivered()

        let before = b.device.handshakeWork
        let milliseconds = 2000
        for step in 0..<milliseconds {
            let now = Instant.at(3 + Double(step) / 1000)
            let inline = b.device.handshakeWork
            for number in 0..<10 {
                let index = (step * 10 + number) % flooders.count
                b.receive(flooders[index].initiation(), from: flooders[index].endpoint, now: now)
            }
            let sent = try a.send(a.packet(to: b), to: b, now: now).1
            b.receive(try #require(sent.first).bytes, from: a.endpoint, now: now)
            runDue(b, at: now)
            // What had been saved up may go at once: two milliseconds.
            #expect(b.device.handshakeWork.taken - inline.taken <= 16)
            _ = b.device.takeOutbox()
        }
        #expect(b.delivered.count == milliseconds)
        // Three tenths of two seconds, at 150 µs each.
        let taken = b.device.handshakeWork.taken - before.taken
        #expect((3_900...4_020).contains(taken), "\(taken)")
        #expect(b.device.handshakeWork.refused > before.refused)
    }

    @Test func handshakeOfAPeerGetsThroughTheFlood() throws {
        let (_, b) = try connected()
        let c = try Host(3)
        try b.add(c, at: c.endpoint)
        let peer = try c.add(b, at: b.endpoint)
        var flooders = (0..<300).map { number in
            Flooder(
                at: Endpoint(IPAddress(v4: 0xC633_6400 + UInt32(number)), port: 9), against: b.publicKey,
                seed: UInt64(number))
        }
        b.device.forcesCookies = true
        for step in 0..<12_000 {
            let now = Instant.at(1 + Double(step) / 1000)
            let index = step % flooders.count
            let flooder = flooders[index].endpoint
            b.receive(flooders[index].initiation(), from: flooder, now: now)
            if step == 1000 { c.device.startHandshake(with: peer, now: now) }
            runDue(c, at: now)
            for datagram in c.device.takeOutbox() { b.receive(datagram.bytes, from: c.endpoint, now: now) }
            runDue(b, at: now)
            for datagram in b.device.takeOutbox() {
                if datagram.path.endpoint == c.endpoint {
                    c.receive(datagram.bytes, from: b.endpoint, now: now)
                } else if datagram.path.endpoint == flooder, datagram.bytes.count == 64 {
                    flooders[index].take(datagram.bytes)
                }
            }
        }
        #expect(c.device.statistics(of: peer)?.handshakes == 1)
    }

    /// Without proof of their addresses, senders can have the device answer a bounded number of cookies a second.
    @Test func cookiesHaveTheirShareToo() throws {
        let (_, b) = try connected()
        var flooder = Flooder(at: try endpoint("198.51.100.1:9"), against: b.publicKey, seed: 1)
        b.device.forcesCookies = true
        let message = flooder.initiation()
        for step in 0..<100_000 {
            b.receive(message, from: flooder.endpoint, now: .at(1 + Double(step) / 200_000))
        }
        // A tenth of half a second, at 5 µs each, and what was saved up.
        #expect((9_900...10_500).contains(b.device.takeOutbox().count))
        #expect(b.device.handshakeWork.taken <= 2)
    }

    // MARK: Ours

    private static func key(_ generator: inout SeededRandom) -> PublicKey {
        PublicKey { $0.copyBytes(from: generator.bytes(32)) }
    }

    private func unreachablePeers(_ count: Int, of host: Host, now: Instant) throws {
        var generator = SeededRandom(5)
        for number in 0..<count {
            let peer = try #require(host.device.addPeer(Self.key(&generator)))
            host.device.setEndpoint(Endpoint(IPAddress(v4: UInt32(number)), port: 1), of: peer, now: now)
            host.device.setPersistentKeepalive(25, of: peer, now: now)
        }
    }

    @Test func aThousandPeersAreGreetedOneAfterTheOther() throws {
        let host = try Host(1)
        try unreachablePeers(1024, of: host, now: .start)
        let atOnce = host.device.takeOutbox()
        #expect((1...16).contains(atOnce.count))
        var greeted = Set(atOnce.map(\.path.endpoint))
        var now = Instant.start
        while let deadline = host.device.nextDeadline, deadline < .at(1) {
            now = max(now, deadline)
            #expect(runDue(host, at: now) <= 8)
            for datagram in host.device.takeOutbox() {
                #expect(datagram.bytes.count == 148)
                #expect(greeted.insert(datagram.path.endpoint).inserted)
            }
        }
        #expect(greeted.count == 1024)
        #expect(!host.device.hasBacklog)
    }

    @Test func whoIsIdleNeedNotSpareTime() throws {
        let host = try Host(1)
        try unreachablePeers(100, of: host, now: .start)
        var calls = 0
        while host.device.hasBacklog, calls < 100 {
            host.device.advance(to: .start, isIdle: true)
            calls += 1
        }
        #expect(host.device.takeOutbox().count == 100)
        #expect((42...48).contains(calls))
    }

    /// A flood would have all the time that nothing else needs.
    @Test func idleTimeIsNotForFloods() throws {
        let host = try Host(1)
        try unreachablePeers(100, of: host, now: .start)
        #expect(host.device.wantsIdleTime(at: .start))
        host.device.forcesCookies = true
        #expect(!host.device.wantsIdleTime(at: .start))
        let before = host.device.handshakeWork.begun
        for _ in 0..<100 { host.device.advance(to: .at(0.005), isIdle: true) }
        // Three tenths of five milliseconds, at 150 µs each, and what is begun with the last of it.
        #expect((9...11).contains(host.device.handshakeWork.begun - before))
        #expect(host.device.hasBacklog)
    }

    /// On a slow machine, fewer handshakes are a share of the time.
    @Test func costIsMeasuredWhereAClockIs() throws {
        let clock = Atomic<UInt64>(0)
        let tests = TestEnvironment(seed: 1)
        let device = Device(
            environment: Environment(
                random: tests.environment.random, wallTime: tests.environment.wallTime,
                workClock: { Instant(nanoseconds: clock.add(1_500_000, ordering: .relaxed).newValue) }))
        device.setPrivateKey(.random(), now: .start)
        var generator = SeededRandom(5)
        for number in 0..<1000 {
            let peer = try #require(device.addPeer(Self.key(&generator)))
            device.setEndpoint(Endpoint(IPAddress(v4: UInt32(number)), port: 1), of: peer, now: .start)
            device.startHandshake(with: peer, now: .start)
        }
        while let deadline = device.nextDeadline, deadline < .at(2) { device.advance(to: deadline) }
        #expect((398...404).contains(device.handshakeWork.begun))
    }

    @Test func whatWaitsGoesWithItsPeerItsKeyOrTheInterface() throws {
        let host = try Host(1)
        try unreachablePeers(100, of: host, now: .start)
        var peers: [PeerID] = []
        host.device.forEachPeer { id, _ in peers.append(id) }
        for peer in peers[50...] { host.device.removePeer(peer) }
        host.device.advance(to: .at(1))
        while host.device.hasBacklog { host.device.advance(to: .at(1), isIdle: true) }
        #expect(host.device.takeOutbox().count == 50)

        try unreachablePeers(200, of: host, now: .at(10))
        #expect(host.device.hasBacklog)
        host.device.goDown()
        #expect(!host.device.hasBacklog)
        #expect(host.device.nextDeadline == nil)
        host.device.goUp(now: .at(20))
        while let deadline = host.device.nextDeadline, deadline < .at(21) {
            host.device.advance(to: max(deadline, .at(20)))
        }
        #expect(host.device.takeOutbox().count == host.device.peerCount)

        host.device.setPrivateKey(nil, now: .at(30))
        #expect(!host.device.hasBacklog)
    }

    /// The peer began while we waited for our turn: one handshake is enough.
    @Test func peersOwnHandshakeMakesOursNeedless() throws {
        let host = try Host(1)
        let other = try Host(2)
        try unreachablePeers(100, of: host, now: .start)
        let peer = try host.add(other, at: other.endpoint)
        let back = try other.add(host, at: host.endpoint)
        host.device.startHandshake(with: peer, now: .start)
        _ = host.device.takeOutbox()
        other.device.startHandshake(with: back, now: .start)
        for datagram in other.device.takeOutbox() { host.receive(datagram.bytes, from: other.endpoint, now: .start) }
        var counts: [Int] = []
        while host.device.hasBacklog {
            host.device.advance(to: .start, isIdle: true)
            counts += host.device.takeOutbox().filter { $0.path.endpoint == other.endpoint }.map(\.bytes.count)
        }
        // Both waited; whichever came first, the other was needless or was answered.
        #expect(counts == [92])
    }
}
