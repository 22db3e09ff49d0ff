import Addressing
import OpenSSL
import Testing
import Tunneling
import WireGuard

/// Lanes of other threads, step by step: what they do by themselves, and what the device makes of their reports.
/// That statistics, timers and bytes are those of the own lane is for `BatchEqualityTests`.
@Suite struct LaneTests {
    private func pair() throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a)
        return (a, b)
    }

    /// A session that `a` began, confirmed; nothing is under way.
    private func connected() throws -> (Host, Host) {
        let (a, b) = try pair()
        a.device.startHandshake(with: try a.peer(b), now: .start)
        for _ in 0..<3 {
            for datagram in a.device.takeOutbox() { b.receive(datagram.bytes, from: a.endpoint, now: .start) }
            for datagram in b.device.takeOutbox() { a.receive(datagram.bytes, from: b.endpoint, now: .start) }
        }
        return (a, b)
    }

    private func report(_ host: Host, _ now: Instant) -> [Outgoing] {
        host.device.takeReports(now: now)
        defer { host.device.settleReports() }
        return host.device.takeOutbox()
    }

    /// Advances by the device's own deadlines to `end` and notes what it sent when.
    private func run(_ host: Host, until end: Double) -> [(at: Double, count: Int)] {
        var sent: [(at: Double, count: Int)] = []
        while let deadline = host.device.nextDeadline, deadline <= .at(end) {
            host.device.advance(to: deadline)
            sent += host.device.takeOutbox().map { (deadline.secondsSinceStart, $0.bytes.count) }
            host.device.settleReports()
        }
        return sent
    }

    // MARK: Packets

    @Test func whatALaneSealsIsOpenedByAnyLaneAndCountedWhenReported() throws {
        let (a, b) = try connected()
        let (sender, receivers) = (SideLane(of: a), [SideLane(of: b), SideLane(of: b)])
        let packets = (0..<6).map { a.packet(to: b, [$0]) }
        let sent = try sender.send(packets, to: b, now: .at(1))
        #expect(sent.allSatisfy { $0.path.endpoint == b.endpoint })
        var opened: [Batch.Outcome] = []
        for (index, datagram) in sent.enumerated() {
            opened += try receivers[index % 2].take([datagram.bytes], from: a.endpoint, now: .at(1))
        }
        let peer = try b.peer(a)
        #expect(opened == packets.map { .packet(peer, $0) })
        #expect(a.device.statistics(of: try a.peer(b))?.sentPackets == 0)
        #expect(report(a, .at(1)).isEmpty && report(b, .at(1)).isEmpty)
        let (there, here) = (a.device.statistics(of: try a.peer(b)), b.device.statistics(of: peer))
        #expect(there?.sentPackets == 6 && here?.receivedPackets == 6)
        #expect(there?.sentBytes == here?.receivedBytes)
    }

    @Test func aDatagramThatIsGivenToTwoLanesIsAcceptedByOne() throws {
        let (a, b) = try connected()
        let lanes = [SideLane(of: b), SideLane(of: b)]
        let datagrams = try SideLane(of: a).send((0..<4).map { a.packet(to: b, [$0]) }, to: b, now: .at(1)).map(\.bytes)
        let first = try lanes[0].take(Array(datagrams[..<2]), from: a.endpoint, now: .at(1))
        let second = try lanes[1].take(datagrams, from: a.endpoint, now: .at(1))
        #expect(first.count == 2 && Array(second[..<2]) == [.dropped(.replayed), .dropped(.replayed)])
        #expect(b.receive(datagrams[3], from: a.endpoint, now: .at(1)) == .dropped(.replayed))
        _ = report(b, .at(1))
        #expect(b.device.statistics(of: try b.peer(a))?.receivedPackets == 4)
    }

    @Test func forgedAndForeignPacketsGetNoFurther() throws {
        let (a, b) = try connected()
        let (sender, receiver) = (SideLane(of: a), SideLane(of: b))
        let spoofed = TestPacket.make(from: b.tunnel, to: b.tunnel, payload: [1])
        var datagrams = try sender.send([a.packet(to: b), spoofed, [0x12, 0x34]], to: b, now: .at(1)).map(\.bytes)
        datagrams[0][20] ^= 1
        let elsewhere = try endpoint("198.51.100.1:1")
        #expect(
            try receiver.take(datagrams, from: elsewhere, now: .at(1)) == [
                .dropped(.unauthenticated), .dropped(.sourceNotAllowed), .dropped(.notIP),
            ])
        var unknown = datagrams[0]
        unknown[4] ^= 1
        #expect(try receiver.take([unknown], from: elsewhere, now: .at(1)) == [.dropped(.unknownReceiver)])
        #expect(try receiver.take([[4, 0, 0, 0]], from: elsewhere, now: .at(1)) == [.dropped(.malformed)])
        #expect(receiver.receive([1, 0, 0, 0, 9], from: elsewhere, now: .at(1)) == .dropped(.malformed))
    }

    // MARK: Timers and waking

    @Test func theDeviceIsWokenOnceAndLooksByItselfUntilNothingComes() throws {
        let (a, b) = try connected()
        let lane = SideLane(of: a)
        #expect(lane.wakes == 0)
        for _ in 0..<3 { _ = try lane.send([a.packet(to: b)], to: b, now: .at(20)) }
        #expect(lane.wakes == 1)
        _ = report(a, .at(20.05))
        #expect(a.device.nextDeadline == .at(20.15))
        _ = try lane.send([a.packet(to: b)], to: b, now: .at(20.1))
        #expect(lane.wakes == 1)
        a.device.advance(to: .at(20.15))
        #expect(a.device.statistics(of: try a.peer(b))?.sentPackets == 4)
        a.device.advance(to: .at(20.25))
        // Nothing came any more: what is left is the handshake for want of an answer.
        let deadline = try #require(a.device.nextDeadline).secondsSinceStart
        #expect((35.0..<35.35).contains(deadline))
        _ = try lane.send([a.packet(to: b)], to: b, now: .at(21))
        #expect(lane.wakes == 2)
    }

    @Test func whatTheDeviceHasToDoItselfWakesItAtOnceAndOnce() throws {
        let (a, b) = try connected()
        let stranger = try Host(3)
        let peer = try a.add(stranger, at: stranger.endpoint)
        let lane = SideLane(of: a)
        _ = try lane.send([a.packet(to: b)], to: b, now: .at(1))
        _ = report(a, .at(1))
        for count in 1...2 {
            for _ in 0..<5 { #expect(lane.enqueue(a.packet(to: stranger), for: peer, now: .at(1)) == .queued) }
            #expect(lane.wakes == 1 + count)
            _ = report(a, .at(1))
        }
    }

    @Test func anIdleTunnelWakesNothing() throws {
        let (a, b) = try connected()
        let lanes = [SideLane(of: a), SideLane(of: b)]
        let sent = try lanes[0].send([a.packet(to: b)], to: b, now: .at(20))
        _ = try lanes[1].take(sent.map(\.bytes), from: a.endpoint, now: .at(20))
        let answer = try lanes[1].send([b.packet(to: a)], to: a, now: .at(20.01))
        _ = try lanes[0].take(answer.map(\.bytes), from: b.endpoint, now: .at(20.02))
        for host in [a, b] { _ = report(host, .at(20.03)) }
        // Each looks once for reports that might have come; the answer is acknowledged.
        var looks = 0
        while let deadline = a.device.nextDeadline, deadline < .at(500) {
            looks += 1
            a.device.advance(to: deadline)
            for datagram in a.device.takeOutbox() { b.receive(datagram.bytes, from: a.endpoint, now: deadline) }
        }
        #expect(looks == 2)
        // Its own time, as if the acknowledgement had come only now.
        looks = 0
        while let deadline = b.device.nextDeadline, deadline < .at(500) {
            looks += 1
            b.device.advance(to: deadline)
        }
        #expect(looks == 1)
        #expect(a.device.isOutboxEmpty && b.device.isOutboxEmpty)
    }

    @Test func timersRunFromWhenThingsHappenedNotFromWhenTheyWereReported() throws {
        let (a, b) = try connected()
        let lanes = [SideLane(of: a), SideLane(of: b)]
        let sent = try lanes[0].send([a.packet(to: b)], to: b, now: .at(20))
        _ = try lanes[1].take(sent.map(\.bytes), from: a.endpoint, now: .at(20))
        for host in [a, b] { _ = report(host, .at(20.09)) }
        #expect(run(b, until: 35).map(\.at) == [30])
        let silence = run(a, until: 36)
        #expect(silence.count == 1)
        #expect(silence.first.map { (35.0..<35.35).contains($0.at) && $0.count == 148 } == true)
    }

    @Test func persistentKeepalivesArePutOff() throws {
        let (a, b) = try connected()
        a.device.setPersistentKeepalive(25, of: try a.peer(b), now: .start)
        _ = a.device.takeOutbox()
        let sent = try SideLane(of: a).send([a.packet(to: b)], to: b, now: .at(20))
        _ = report(a, .at(20.05))
        b.receive(try #require(sent.first).bytes, from: a.endpoint, now: .at(20))
        for answer in try b.send(b.packet(to: a), to: a, now: .at(20.5)).1 {
            a.receive(answer.bytes, from: b.endpoint, now: .at(20.5))
        }
        // Not at 25; the answer is acknowledged, and that puts it off again.
        #expect(run(a, until: 60).map(\.at) == [30.5, 55.5])
    }

    @Test func theInitiatorRenewsOnceThoughPacketsGoOnUnderTheOldSession() throws {
        let (a, b) = try connected()
        let lane = SideLane(of: a)
        _ = try lane.send([a.packet(to: b)], to: b, now: .at(119.9))
        #expect(report(a, .at(119.9)).isEmpty)
        _ = try lane.send([a.packet(to: b)], to: b, now: .at(120))
        let initiation = report(a, .at(120))
        #expect(initiation.map(\.bytes.count) == [148])
        // These are reported when the new session stands already.
        _ = try lane.send([a.packet(to: b)], to: b, now: .at(120.02))
        b.receive(try #require(initiation.first).bytes, from: a.endpoint, now: .at(120.03))
        a.receive(try #require(b.device.takeOutbox().first).bytes, from: b.endpoint, now: .at(120.04))
        #expect(report(a, .at(120.1)).map(\.bytes.count) == [32])
        #expect(run(a, until: 134).allSatisfy { $0.count != 148 })
    }

    // MARK: Roaming and handshakes

    @Test func theFirstMessageUnderANewSessionConfirmsItAndTellsWhereThePeerIs() throws {
        let (a, b) = try pair()
        let lane = SideLane(of: b)
        let peer = try b.peer(a)
        a.device.startHandshake(with: try a.peer(b), now: .start)
        b.receive(try #require(a.device.takeOutbox().first).bytes, from: a.endpoint, now: .start)
        // The responder may not send yet: the packet waits, and no lane overtakes it.
        #expect(lane.enqueue(b.packet(to: a, [1]), for: peer, now: .start) == .queued)
        let response = report(b, .start)
        a.receive(try #require(response.first).bytes, from: b.endpoint, now: .start)
        let confirming = a.device.takeOutbox().map(\.bytes)
        let moved = try endpoint("198.51.100.7:700")
        #expect(try lane.take(confirming, from: moved, now: .at(0.1)) == [.keepalive])
        // The very next packet goes there; the session is the device's to put in force.
        #expect(b.device.ownLane.path(of: peer) == Path(endpoint: moved, source: b.source))
        #expect(b.device.lastHandshake(of: peer) == nil)
        let waiting = report(b, .at(0.1))
        #expect(b.device.lastHandshake(of: peer) != nil)
        #expect(waiting.map(\.path.endpoint) == [moved])
        let direct = try lane.send([b.packet(to: a, [2])], to: a, now: .at(0.2))
        #expect(direct.map(\.path) == waiting.map(\.path))
        for (index, datagram) in (waiting + direct).enumerated() {
            a.receive(datagram.bytes, from: b.endpoint, now: .at(0.3))
            #expect(a.delivered.last?.packet == b.packet(to: a, [UInt8(index + 1)]))
        }
    }

    @Test func handshakesAndCookieRepliesComeByLanes() throws {
        let (a, b) = try pair()
        let lanes = [SideLane(of: a), SideLane(of: b)]
        let wallStart = WallTime(seconds: 1_800_000_000, nanoseconds: 0)
        b.device.forcesCookies = true
        a.device.startHandshake(with: try a.peer(b), now: .start)
        for datagram in a.device.takeOutbox() { lanes[1].receive(datagram.bytes, from: a.endpoint, now: .start) }
        let cookie = report(b, .start)
        #expect(cookie.map(\.bytes.count) == [64])
        lanes[0].receive(try #require(cookie.first).bytes, from: b.endpoint, now: .start)
        #expect(report(a, .start).isEmpty)
        a.environment.setWallTime(since: wallStart, elapsed: .seconds(6))
        a.device.advance(to: .at(6))
        for datagram in a.device.takeOutbox() { lanes[1].receive(datagram.bytes, from: a.endpoint, now: .at(6)) }
        let response = report(b, .at(6))
        #expect(response.map(\.bytes.count) == [92])
        lanes[0].receive(try #require(response.first).bytes, from: b.endpoint, now: .at(6))
        #expect(report(a, .at(6)).map(\.bytes.count) == [32])
        #expect(try lanes[0].send([a.packet(to: b)], to: b, now: .at(6)).count == 1)
    }

    @Test func handshakesWithoutAValidMACAreNotEvenTold() throws {
        let (a, b) = try pair()
        let lane = SideLane(of: b)
        a.device.startHandshake(with: try a.peer(b), now: .start)
        var bytes = try #require(a.device.takeOutbox().first).bytes
        bytes[60] ^= 1
        #expect(lane.receive(bytes, from: a.endpoint, now: .start) == .dropped(.unauthenticated))
        bytes[60] ^= 1
        b.device.setPrivateKey(nil, now: .start)
        #expect(lane.receive(bytes, from: a.endpoint, now: .start) == .dropped(.noPrivateKey))
        #expect(report(b, .start).isEmpty)
    }

    @Test func aSourceThatIsGoneIsForgottenByAll() throws {
        let (a, b) = try connected()
        let lane = SideLane(of: a)
        #expect(a.device.ownLane.path(of: try a.peer(b))?.source == a.source)
        lane.data.forget(a.source)
        _ = report(a, .at(1))
        #expect(a.device.ownLane.path(of: try a.peer(b)) == Path(endpoint: b.endpoint))
    }

    // MARK: Ends

    @Test func noMoreThanALittleIsTold() throws {
        let (a, b) = try pair()
        let lane = SideLane(of: a)
        let peer = try a.peer(b)
        let outcomes = (0..<1_030).map { _ in lane.enqueue(a.packet(to: b), for: peer, now: .start) }
        #expect(outcomes[..<1_024].allSatisfy { $0 == .queued })
        #expect(outcomes[1_024...].allSatisfy { $0 == .dropped(.queueFull) })
        let reply = [3] + [UInt8](repeating: 0, count: 63)
        #expect(lane.receive(reply, from: b.endpoint, now: .start) == .dropped(.queueFull))
        _ = report(a, .start)
        // A flood of messages leaves room for packets.
        let received = (0..<600).map { _ in lane.receive(reply, from: b.endpoint, now: .start) }
        #expect(received[..<512].allSatisfy { $0 == .handled })
        #expect(received[512...].allSatisfy { $0 == .dropped(.queueFull) })
        let queued = (0..<600).map { _ in lane.enqueue(a.packet(to: b), for: peer, now: .start) }
        #expect(queued.prefix { $0 == .queued }.count == 512)
        _ = report(a, .start)
        #expect(lane.receive(reply, from: b.endpoint, now: .start) == .handled)
    }

    @Test func aRemovedPeerIsNeitherSentToNorHeard() throws {
        let (a, b) = try connected()
        let (there, here) = (SideLane(of: a), SideLane(of: b))
        let sent = try there.send([a.packet(to: b), a.packet(to: b)], to: b, now: .at(1)).map(\.bytes)
        let peer = try b.peer(a)
        #expect(try here.take([sent[0]], from: a.endpoint, now: .at(1)).count == 1)
        #expect(try here.send([b.packet(to: a)], to: a, now: .at(1)).count == 1)
        b.device.removePeer(peer)
        #expect(here.data.lookup(a.tunnel) == nil)
        #expect(try here.take([sent[1]], from: a.endpoint, now: .at(1)) == [.dropped(.unknownReceiver)])
        guard case .dropped(.noSuchPeer) = here.data.beginSealing(1, for: peer, now: .at(1)) else {
            Issue.record("it seals")
            return
        }
        // What is reported of it comes too late, also for who has its number now.
        let other = try b.add(try Host(9))
        #expect(other.index == peer.index)
        here.enqueue(b.packet(to: a), for: peer, now: .at(1))
        #expect(report(b, .at(1)).isEmpty)
        #expect(b.device.statistics(of: other) == PeerStatistics())
    }

    @Test func anotherPrivateKeyAndGoingDownStopLanesAtOnce() throws {
        let (a, b) = try connected()
        let (lane, incoming) = (SideLane(of: a), SideLane(of: b))
        let back = try incoming.send([b.packet(to: a)], to: a, now: .at(1)).map(\.bytes)
        a.device.setPrivateKey(.random(), now: .at(1))
        guard case .noSession = lane.data.beginSealing(1, for: try a.peer(b), now: .at(1)) else {
            Issue.record("it seals under the former key")
            return
        }
        // What is under way is still taken.
        #expect(try lane.take(back, from: b.endpoint, now: .at(1)) == [.packet(try a.peer(b), b.packet(to: a))])
        a.device.goDown()
        guard case .dropped(.interfaceDown) = lane.data.beginSealing(1, for: try a.peer(b), now: .at(1)) else {
            Issue.record("it seals while the device is down")
            return
        }
        #expect(try lane.take(back, from: b.endpoint, now: .at(1)) == [.dropped(.interfaceDown)])
    }

    @Test func whatIsReportedOfADeviceThatWentDownSetsNoTimerAndWaitsForNothing() throws {
        let (a, b) = try connected()
        let lane = SideLane(of: a)
        let peer = try a.peer(b)
        _ = try lane.send([a.packet(to: b)], to: b, now: .at(1))
        lane.enqueue(a.packet(to: b), for: peer, now: .at(1))
        a.device.goDown()
        #expect(report(a, .at(1)).isEmpty)
        _ = report(a, .at(1.1))
        #expect(a.device.nextDeadline == nil)
        #expect(a.device.statistics(of: peer)?.sentPackets == 1)
        a.device.goUp(now: .at(2))
        #expect(run(a, until: 100).isEmpty)
        a.device.startHandshake(with: peer, now: .at(100))
        b.receive(try #require(a.device.takeOutbox().first).bytes, from: a.endpoint, now: .at(100))
        a.receive(try #require(b.device.takeOutbox().first).bytes, from: b.endpoint, now: .at(100))
        #expect(a.device.takeOutbox().map(\.bytes.count) == [32])
    }

    @Test func aPeerWithoutEndpointIsNobodysToSendTo() throws {
        let (a, b) = try pair()
        let lane = SideLane(of: b)
        guard case .dropped(.noEndpoint) = lane.data.beginSealing(1, for: try b.peer(a), now: .start) else {
            Issue.record("something waits for it")
            return
        }
    }
}
