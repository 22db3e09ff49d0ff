import Addressing
import TestRandom
import Testing
import Tunneling
import WireGuard

/// Timers at their instants, with a device that is told every time. Jitter is at most 333 ms.
@Suite struct TimerTests {
    private func pair() throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        return (a, b)
    }

    /// A session that `a` began, confirmed; the timers of the greeting are the only ones that run.
    private func connected() throws -> (Host, Host) {
        let (a, b) = try pair()
        let initiation = try #require(try a.send(a.packet(to: b), to: b, now: .start).1.first).bytes
        b.receive(initiation, from: a.endpoint, now: .start)
        let response = try #require(b.device.takeOutbox().first).bytes
        a.receive(response, from: b.endpoint, now: .start)
        for datagram in a.device.takeOutbox() { b.receive(datagram.bytes, from: a.endpoint, now: .start) }
        _ = b.device.takeOutbox()
        return (a, b)
    }

    /// Advances by the device's own deadlines to `end` and notes what it sent when.
    private func run(_ host: Host, until end: Double) -> [(at: Double, count: Int)] {
        var sent: [(at: Double, count: Int)] = []
        while let deadline = host.device.nextDeadline, deadline <= .at(end) {
            host.device.advance(to: deadline)
            sent += host.device.takeOutbox().map { (deadline.secondsSinceStart, $0.bytes.count) }
        }
        return sent
    }

    private func tellTime(_ host: Host, _ seconds: UInt64) {
        host.environment.setWallTime(
            since: WallTime(seconds: 1_800_000_000, nanoseconds: 0), elapsed: .seconds(seconds))
    }

    @Test func initiationIsRepeatedEveryFiveSecondsForAMinuteAndAHalf() throws {
        let (a, b) = try pair()
        #expect(try a.send(a.packet(to: b), to: b, now: .start).1.count == 1)
        let repeats = run(a, until: 1000)
        #expect(repeats.allSatisfy { $0.count == 148 })
        // As Linux has it: the retry after the attempts have run out is the last.
        #expect(repeats.count == 19)
        var last = 0.0
        for (at, _) in repeats {
            #expect((5.0..<5.334).contains(at - last), "\(at) after \(last)")
            last = at
        }
    }

    @Test func nothingIsSentOneNanosecondTooEarly() throws {
        let (a, b) = try pair()
        _ = try a.send(a.packet(to: b), to: b, now: .start)
        let deadline = try #require(a.device.nextDeadline)
        a.device.advance(to: Instant(nanoseconds: deadline.nanoseconds - 1))
        #expect(a.device.isOutboxEmpty)
        a.device.advance(to: deadline)
        #expect(!a.device.isOutboxEmpty)
    }

    @Test func manyGreetingsAreSpreadOverCallsAndNoneIsLost() throws {
        let host = try Host(1)
        var generator = SeededRandom(5)
        for number in 0..<200 {
            let key = try #require(PublicKey(generator.bytes(32)))
            let peer = try #require(host.device.addPeer(key))
            host.device.setPersistentKeepalive(25, of: peer, now: .start)
            host.device.setEndpoint(Endpoint(IPAddress(v4: UInt32(number)), port: 1), of: peer, now: .start)
        }
        host.device.goDown()
        host.device.goUp(now: .at(10))
        #expect(host.device.isOutboxEmpty)
        var counts: [Int] = []
        while let deadline = host.device.nextDeadline, deadline <= .at(11) {
            host.device.advance(to: max(deadline, .at(10)))
            counts.append(host.device.takeOutbox().count)
        }
        #expect(counts.reduce(0, +) == 200)
        #expect(counts.allSatisfy { $0 <= 32 })
    }

    @Test func anAnswerStopsTheRepeats() throws {
        let (a, _) = try connected()
        #expect(run(a, until: 14.9).isEmpty)
    }

    /// Data came in and nothing goes back: an empty packet after ten seconds.
    @Test func receivedDataIsAcknowledgedAfterTenSeconds() throws {
        let (a, b) = try connected()
        let datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(20)).1.first).bytes
        _ = run(b, until: 20)
        b.receive(datagram, from: a.endpoint, now: .at(20))
        let sent = run(b, until: 60)
        #expect(sent.map(\.at) == [30])
        #expect(sent.map(\.count) == [32])
    }

    @Test func moreDataMeanwhileGivesASecondKeepalive() throws {
        let (a, b) = try connected()
        _ = run(b, until: 20)
        for seconds in [20.0, 25.0] {
            let datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(seconds)).1.first).bytes
            b.receive(datagram, from: a.endpoint, now: .at(seconds))
        }
        #expect(run(b, until: 60).map(\.at) == [30, 40])
    }

    @Test func dataOfOurOwnMakesTheKeepaliveNeedless() throws {
        let (a, b) = try connected()
        _ = run(b, until: 20)
        let datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(20)).1.first).bytes
        b.receive(datagram, from: a.endpoint, now: .at(20))
        let answer = try #require(try b.send(b.packet(to: a), to: a, now: .at(25)).1.first).bytes
        #expect(answer.count > 32)
        // The next is the handshake because nothing came back for what was sent at 25.
        let sent = run(b, until: 60)
        #expect(sent.first.map { (40.0..<40.334).contains($0.at) && $0.count == 148 } == true)
    }

    @Test func silenceAfterDataStartsAHandshakeAfterFifteenSeconds() throws {
        let (a, b) = try connected()
        _ = run(a, until: 14)
        // An answer to the greeting, so that nothing is open at 20.
        let quiet = try #require(try b.send(b.packet(to: a), to: a, now: .at(14)).1.first).bytes
        a.receive(quiet, from: b.endpoint, now: .at(14))
        _ = try a.send(a.packet(to: b), to: b, now: .at(20))
        tellTime(a, 30)
        let sent = run(a, until: 36)
        #expect(sent.count == 1)
        #expect(sent.first.map { (35.0..<35.334).contains($0.at) && $0.count == 148 } == true)
    }

    /// REKEY_AFTER_TIME: the initiator's first packet after 120 s comes with an initiation; the responder's does not.
    @Test func initiatorRenewsWithTheFirstPacketAfterTwoMinutes() throws {
        let (a, b) = try connected()
        #expect(try a.send(a.packet(to: b), to: b, now: .at(119.999)).1.count == 1)
        let renewing = try a.send(a.packet(to: b), to: b, now: .at(120)).1
        #expect(renewing.map(\.bytes.count).sorted() == [64, 148])
        #expect(try b.send(b.packet(to: a), to: a, now: .at(130)).1.map(\.bytes.count) == [64])
    }

    /// REJECT_AFTER_TIME: neither sent nor taken after 180 s.
    @Test func sessionEndsAfterThreeMinutes() throws {
        let (a, b) = try connected()
        let late = try #require(try a.send(a.packet(to: b), to: b, now: .at(119)).1.first).bytes
        let later = try #require(try a.send(a.packet(to: b), to: b, now: .at(119)).1.first).bytes
        guard case .packet = b.receive(late, from: a.endpoint, now: .at(179.999)) else {
            Issue.record("refused before its time")
            return
        }
        #expect(b.receive(later, from: a.endpoint, now: .at(180)) == .dropped(.expiredSession))
        guard case .datagram = try b.send(b.packet(to: a), to: a, now: .at(179.999)).0 else {
            Issue.record("not sent before its time")
            return
        }
        #expect(try b.send(b.packet(to: a), to: a, now: .at(180)).0 == .queued)
    }

    /// An initiator that only receives begins anew 15 s before the end, once.
    @Test func listeningInitiatorRenewsShortlyBeforeTheEnd() throws {
        let (a, b) = try connected()
        var initiations: [Double] = []
        for seconds in [100.0, 150.0, 164.9, 165.0, 166.0, 170.0] {
            tellTime(a, UInt64(seconds))
            let datagram = try #require(try b.send(b.packet(to: a), to: a, now: .at(seconds)).1.last).bytes
            a.receive(datagram, from: b.endpoint, now: .at(seconds))
            initiations += a.device.takeOutbox().filter { $0.bytes.count == 148 }.map { _ in seconds }
        }
        #expect(initiations == [165])
    }

    /// Three times REJECT_AFTER_TIME after the last session was made, nothing of it is left.
    @Test func keysAreWipedAfterNineMinutes() throws {
        let (a, b) = try connected()
        let datagram = try #require(try b.send(b.packet(to: a), to: a, now: .at(1)).1.first).bytes
        var sent = run(a, until: 539.9)
        #expect(a.receive(datagram, from: b.endpoint, now: .at(539.9)) == .dropped(.expiredSession))
        sent = run(a, until: 540)
        #expect(sent.isEmpty)
        #expect(a.receive(datagram, from: b.endpoint, now: .at(541)) == .dropped(.unknownReceiver))
        #expect(a.device.nextDeadline == nil)
    }

    @Test func persistentKeepaliveGoesOutAtOnceAndThenRegularly() throws {
        let (a, b) = try pair()
        let peer = try a.peer(b)
        a.device.setPersistentKeepalive(25, of: peer, now: .start)
        let initiation = try #require(a.device.takeOutbox().first).bytes
        b.receive(initiation, from: a.endpoint, now: .start)
        a.receive(try #require(b.device.takeOutbox().first).bytes, from: b.endpoint, now: .start)
        #expect(a.device.takeOutbox().map(\.bytes.count) == [32])
        #expect(run(a, until: 110).map(\.at) == [25, 50, 75, 100])
        // Anything sent puts it off.
        _ = try a.send(a.packet(to: b), to: b, now: .at(110))
        #expect(run(a, until: 124.9).isEmpty)
        a.device.setPersistentKeepalive(0, of: peer, now: .at(124.9))
        #expect(run(a, until: 500).allSatisfy { $0.count != 32 })
    }

    @Test func peerWithoutEndpointWakesNobody() throws {
        let a = try Host(1)
        let b = try Host(2)
        let peer = try a.add(b)
        a.device.setPersistentKeepalive(25, of: peer, now: .start)
        #expect(try a.send(a.packet(to: b), to: b, now: .start).0 == .dropped(.noEndpoint))
        #expect(a.device.nextDeadline == nil)
        // As soon as it is known, it is greeted.
        a.device.setEndpoint(b.endpoint, of: peer, now: .at(5))
        #expect(a.device.takeOutbox().map(\.bytes.count) == [148])
    }

    @Test func idleDeviceHasNoDeadline() throws {
        let (a, _) = try pair()
        #expect(a.device.nextDeadline == nil)
    }

    /// The deadline that the device names is the one at which it does something, though packets move it all the time.
    @Test func deadlineIsExactUnderTraffic() throws {
        let (a, b) = try connected()
        for step in 0..<1000 {
            let seconds = Double(step) / 100
            let there = try #require(try a.send(a.packet(to: b), to: b, now: .at(seconds)).1.last).bytes
            b.receive(there, from: a.endpoint, now: .at(seconds))
            let back = try #require(try b.send(b.packet(to: a), to: a, now: .at(seconds)).1.last).bytes
            a.receive(back, from: b.endpoint, now: .at(seconds))
        }
        // The last packet came at 9.99 and was not answered.
        #expect(a.device.nextDeadline == .at(19.99))
    }
}
