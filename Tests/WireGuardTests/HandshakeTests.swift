import Addressing
import OpenSSL
import Testing
import Tunneling
import WireGuard

@Suite struct HandshakeTests {
    private func pair(presharedKey: SecretKey? = nil) throws -> (Host, Host, Network) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint, presharedKey: presharedKey)
        try b.add(a, presharedKey: presharedKey)
        let network = Network(seed: 1)
        network.join([a, b])
        return (a, b, network)
    }

    @Test func messagesHaveTheSizesOfThePaper() throws {
        let (a, b, network) = try pair()
        var sizes: [Int] = []
        network.tap = { _, _, _, bytes in sizes.append(bytes.count) }
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .seconds(1))
        // Initiation, response, and the packet that waited: 23 bytes, padded to 32.
        #expect(sizes == [148, 92, 64])
    }

    @Test func packetThatWaitedIsDeliveredAfterTheHandshake() throws {
        let (a, b, network) = try pair()
        let packet = a.packet(to: b, Array(0..<100))
        try network.send(packet, from: a, to: b)
        #expect(b.delivered.isEmpty)
        network.run(for: .seconds(1))
        #expect(b.delivered.map(\.packet) == [packet])
        try network.send(b.packet(to: a, [9]), from: b, to: a)
        network.run(for: .seconds(1))
        #expect(a.delivered.map(\.packet) == [b.packet(to: a, [9])])
    }

    @Test func responderKnowsWhereThePeerIs() throws {
        let (a, b, network) = try pair()
        let peer = try b.peer(a)
        #expect(b.device.ownLane.path(of: peer) == nil)
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .seconds(1))
        #expect(b.device.ownLane.path(of: peer) == Path(endpoint: a.endpoint, source: b.source))
    }

    @Test func samePresharedKeyIsNeeded() throws {
        let key = SecretKey.random()
        let (a, b, network) = try pair(presharedKey: key)
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .seconds(1))
        #expect(b.delivered.count == 1)

        let (c, d, other) = try pair(presharedKey: key)
        d.device.setPresharedKey(.random(), of: try d.peer(c))
        try other.send(c.packet(to: d), from: c, to: d)
        other.run(for: .seconds(1))
        #expect(d.delivered.isEmpty)
        #expect(c.dropped == [.unauthenticated])
    }

    @Test func strangerGetsNoAnswer() throws {
        let (a, b, _) = try pair()
        let stranger = try Host(3)
        try stranger.add(b, at: b.endpoint)
        let (_, outgoing) = try stranger.send(stranger.packet(to: b), to: b, now: .start)
        let initiation = try #require(outgoing.first)
        #expect(b.receive(initiation.bytes, from: stranger.endpoint, now: .start) == .dropped(.unknownPeer))
        #expect(b.device.isOutboxEmpty)
        // For another host's key, not even MAC1 is right.
        #expect(a.receive(initiation.bytes, from: stranger.endpoint, now: .start) == .dropped(.unauthenticated))
    }

    @Test func replayedInitiationIsRefused() throws {
        let (a, b, _) = try pair()
        let (_, outgoing) = try a.send(a.packet(to: b), to: b, now: .start)
        let initiation = try #require(outgoing.first).bytes
        #expect(b.receive(initiation, from: a.endpoint, now: .start) == .handled)
        _ = b.device.takeOutbox()
        #expect(b.receive(initiation, from: a.endpoint, now: .at(60)) == .dropped(.replayed))
        #expect(b.device.isOutboxEmpty)
    }

    @Test func olderInitiationIsRefusedAfterANewerOne() throws {
        let (a, b, _) = try pair()
        let old = try #require(try a.send(a.packet(to: b), to: b, now: .start).1.first).bytes
        a.environment.setWallTime(since: WallTime(seconds: 1_800_000_000, nanoseconds: 0), elapsed: .seconds(6))
        let new = try #require(try a.send(a.packet(to: b), to: b, now: .at(6)).1.first).bytes
        #expect(b.receive(new, from: a.endpoint, now: .at(6)) == .handled)
        #expect(b.receive(old, from: a.endpoint, now: .at(7)) == .dropped(.replayed))
    }

    /// The stamps go on rising, so that the peer does not take us for a replay.
    @Test func clockThatIsSetBackDoesNotLockUsOut() throws {
        let (a, b, _) = try pair()
        var time = WallTime(seconds: 1_800_000_000, nanoseconds: 0)
        for round in 0..<5 {
            let now = Instant.at(Double(round) * 10)
            a.environment.wallTime.withLock { $0 = time }
            let initiation = try #require(try a.send(a.packet(to: b), to: b, now: now).1.first).bytes
            #expect(b.receive(initiation, from: a.endpoint, now: now) == .handled)
            time = WallTime(seconds: time.seconds - 86_400, nanoseconds: 0)
        }
    }

    @Test func peersThatBeginAtOnceBothGetThrough() throws {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        let network = Network(seed: 1)
        network.join([a, b])
        try network.send(a.packet(to: b, [1]), from: a, to: b)
        try network.send(b.packet(to: a, [2]), from: b, to: a)
        network.run(for: .milliseconds(100))
        #expect(a.delivered.count == 1 && b.delivered.count == 1)
        try network.send(a.packet(to: b, [3]), from: a, to: b)
        try network.send(b.packet(to: a, [4]), from: b, to: a)
        network.run(for: .milliseconds(100))
        #expect(a.delivered.count == 2 && b.delivered.count == 2)
    }

    /// The responder does not send under a session before it has seen the initiator use it.
    @Test func responderWaitsForConfirmation() throws {
        let (a, b, _) = try pair()
        let initiation = try #require(try a.send(a.packet(to: b), to: b, now: .start).1.first).bytes
        b.receive(initiation, from: a.endpoint, now: .start)
        let response = try #require(b.device.takeOutbox().first).bytes
        #expect(try b.send(b.packet(to: a), to: a, now: .start).0 == .queued)
        a.receive(response, from: b.endpoint, now: .start)
        let confirmation = try #require(a.device.takeOutbox().first).bytes
        guard case .packet = b.receive(confirmation, from: a.endpoint, now: .start) else {
            Issue.record("the packet that waited was not delivered")
            return
        }
        let released = b.device.takeOutbox()
        #expect(released.count == 1)
        guard case .datagram = try b.send(b.packet(to: a), to: a, now: .start).0 else {
            Issue.record("the session is not in use after its confirmation")
            return
        }
    }

    @Test func responseIsTakenOnce() throws {
        let (a, b, _) = try pair()
        let initiation = try #require(try a.send(a.packet(to: b), to: b, now: .start).1.first).bytes
        b.receive(initiation, from: a.endpoint, now: .start)
        let response = try #require(b.device.takeOutbox().first).bytes
        #expect(a.receive(response, from: b.endpoint, now: .start) == .handled)
        #expect(a.receive(response, from: b.endpoint, now: .start) == .dropped(.unknownReceiver))
    }

    @Test func aHundredPacketsWaitAndMoreDropTheOldest() throws {
        let (a, b, network) = try pair()
        for number in 0..<200 {
            try network.send(a.packet(to: b, [UInt8(number)]), from: a, to: b)
        }
        network.run(for: .seconds(1))
        #expect(b.delivered.map { $0.packet.last } == (72..<200).map { UInt8($0) })
    }

    @Test func peerOfSmallOrderNeverGetsAHandshake() throws {
        let a = try Host(1)
        let zero = try #require(PublicKey([UInt8](repeating: 0, count: 32)))
        let peer = try #require(a.device.addPeer(zero))
        a.device.setEndpoint(try endpoint("192.0.2.9:1"), of: peer, now: .start)
        let (_, outgoing) = a.seal(a.packet(to: a), for: peer, now: .start)
        #expect(outgoing.isEmpty)
        #expect(a.device.nextDeadline == nil)
    }
}
