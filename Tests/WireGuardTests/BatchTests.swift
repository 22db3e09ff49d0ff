import AEAD
import Addressing
import TestRandom
import Testing
import Tunneling
import WireGuard

/// Many packets in one call.
@Suite struct BatchTests {
    private func pair() throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        return (a, b)
    }

    /// A session between them, which `a` began, confirmed.
    private func connect(_ a: Host, _ b: Host, at time: Instant = .start) throws {
        let network = Network(seed: 2)
        network.join([a, b])
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .milliseconds(10))
        a.forgetDelivered()
        b.forgetDelivered()
    }

    private func connected() throws -> (Host, Host) {
        let (a, b) = try pair()
        try connect(a, b)
        return (a, b)
    }

    /// Packets of all lengths, IPv4 and IPv6.
    private func packets(_ count: Int, from a: Host, to b: Host) -> [[UInt8]] {
        (0..<count).map { index in
            let payload = [UInt8](repeating: UInt8(index & 255), count: index * 37 % 1_381)
            return index.isMultiple(of: 3)
                ? TestPacket.make(from: a.tunnelV6, to: b.tunnelV6, payload: payload)
                : TestPacket.make(from: a.tunnel, to: b.tunnel, payload: payload)
        }
    }

    // MARK: Against one by one

    @Test(arguments: [AEADEngine.Kind.fastest, .openSSL])
    func whatIsSealedTogetherOpensOneByOne(_ kind: AEADEngine.Kind) throws {
        let (a, b) = try connected()
        let packets = packets(300, from: a, to: b)
        let datagrams = try Batch(AEADEngine(kind)).seal(packets, for: a.peer(b), by: a, now: .at(1))
        for datagram in datagrams {
            #expect(datagram.path.endpoint == b.endpoint)
            b.receive(datagram.bytes, from: a.endpoint, now: .at(1))
        }
        #expect(b.delivered.map(\.packet) == packets)
        #expect(b.dropped.isEmpty)
    }

    @Test(arguments: [AEADEngine.Kind.fastest, .openSSL])
    func whatIsSealedOneByOneOpensTogether(_ kind: AEADEngine.Kind) throws {
        let (a, b) = try connected()
        let (peer, sender) = (try a.peer(b), try b.peer(a))
        let packets = packets(300, from: a, to: b)
        let datagrams = try packets.map { try #require(a.seal($0, for: peer, now: .at(1)).1.last).bytes }
        let opened = try Batch(AEADEngine(kind)).open(datagrams, from: a, by: b, now: .at(1))
        #expect(opened == packets.map { .packet(sender, $0) })
    }

    // MARK: Several sessions

    @Test func sessionsOfOneBatchStayApartAndInOrder() throws {
        let hub = try Host(1)
        let others = try (2...5).map { try Host($0) }
        for other in others {
            try hub.add(other, at: other.endpoint)
            try other.add(hub, at: hub.endpoint)
            try connect(hub, other)
        }
        var generator = SeededRandom(7)
        var groups: [Batch.Group] = []
        var expected: [[[UInt8]]] = others.map { _ in [] }
        for number in 0..<100 {
            let index = Int.random(in: 0..<others.count, using: &generator)
            let packets = (0..<Int.random(in: 1...4, using: &generator)).map {
                hub.packet(to: others[index], [UInt8(number), UInt8($0)])
            }
            expected[index] += packets
            groups.append(Batch.Group(peer: try hub.peer(others[index]), packets: packets))
        }
        let sealed = try Batch().seal(groups, by: hub, now: .at(1))
        var answers: [(Host, [UInt8])] = []
        for (index, other) in others.enumerated() {
            let own = sealed.filter { $0.path.endpoint == other.endpoint }.map(\.bytes)
            let opened = try Batch().open(own, from: hub, by: other, now: .at(1))
            let peer = try other.peer(hub)
            #expect(opened == expected[index].map { .packet(peer, $0) })
            let back = (0..<20).map { other.packet(to: hub, [UInt8(index), UInt8($0)]) }
            answers += try Batch().seal(back, for: peer, by: other, now: .at(1)).map { (other, $0.bytes) }
        }
        // Back to the hub, in one batch and mixed, each session in its order.
        var queues = others.map { other in answers.filter { $0.0 === other }[...] }
        var mixed: [(bytes: [UInt8], from: Endpoint)] = []
        var order: [Batch.Outcome] = []
        while let index = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(using: &generator) {
            let (other, bytes) = queues[index].removeFirst()
            mixed.append((bytes, other.endpoint))
            let number = UInt8(20 - queues[index].count - 1)
            order.append(.packet(try hub.peer(other), other.packet(to: hub, [UInt8(index), number])))
        }
        #expect(try Batch().open(mixed, by: hub, now: .at(1)) == order)
    }

    // MARK: Bad ones among good ones

    @Test func aForgedOneHurtsNoOther() throws {
        let (a, b) = try connected()
        let sender = try b.peer(a)
        let packets = packets(40, from: a, to: b)
        var datagrams = try Batch().seal(packets, for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        let last = datagrams[7].count - 1
        datagrams[3][20] ^= 1  // in the packet
        datagrams[7][last] ^= 1  // in the tag
        datagrams[11][9] ^= 1  // in the counter
        datagrams[12][4] ^= 1  // in the index
        datagrams[13][0] = 5  // in the type
        datagrams[15] = Array(datagrams[15].prefix(31))
        let opened = try Batch().open(datagrams, from: a, by: b, now: .at(1))
        let reasons: [Int: DropReason] = [
            3: .unauthenticated, 7: .unauthenticated, 11: .unauthenticated, 12: .unknownReceiver, 13: .malformed,
            15: .malformed,
        ]
        for (index, outcome) in opened.enumerated() {
            #expect(outcome == (reasons[index].map { .dropped($0) } ?? .packet(sender, packets[index])), "\(index)")
        }
        #expect(b.device.statistics(of: sender)?.receivedPackets == UInt64(1 + 34))
    }

    /// Forgeries alone prove nothing: neither a new endpoint nor that the peer has the session.
    @Test func aBatchOfForgeriesChangesNothing() throws {
        let (a, b) = try connected()
        let sender = try b.peer(a)
        let before = try #require(b.device.statistics(of: sender))
        let deadline = b.device.nextDeadline
        var datagrams = try Batch().seal(packets(5, from: a, to: b), for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        for index in datagrams.indices { datagrams[index][16] ^= 1 }
        let elsewhere = try endpoint("198.51.100.9:1")
        let opened = try Batch().open(datagrams.map { ($0, elsewhere) }, by: b, now: .at(1))
        #expect(opened == [Batch.Outcome](repeating: .dropped(.unauthenticated), count: 5))
        #expect(b.device.ownLane.path(of: sender)?.endpoint == a.endpoint)
        #expect(b.device.statistics(of: sender) == before)
        #expect(b.device.nextDeadline == deadline)
    }

    @Test func aCounterThatComesTwiceIsTakenOnce() throws {
        let (a, b) = try connected()
        let sender = try b.peer(a)
        let packets = packets(3, from: a, to: b)
        let datagrams = try Batch().seal(packets, for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        let batch = Batch()
        let opened = try batch.open(
            [0, 0, 1, 0, 2, 2].map { datagrams[$0] }, from: a, by: b, now: .at(1))
        #expect(
            opened == [
                .packet(sender, packets[0]), .dropped(.replayed), .packet(sender, packets[1]), .dropped(.replayed),
                .packet(sender, packets[2]), .dropped(.replayed),
            ])
        // Later they are known before anything is decrypted.
        let again = try batch.open(datagrams, from: a, by: b, now: .at(1))
        #expect(again == [Batch.Outcome](repeating: .dropped(.replayed), count: 3))
        #expect(b.device.statistics(of: sender)?.receivedPackets == 1 + 3)
    }

    /// A copy that somebody changed does not take the genuine one's place.
    @Test func aForgedCopyDoesNotTakeTheCounter() throws {
        let (a, b) = try connected()
        let packets = packets(1, from: a, to: b)
        let genuine = try Batch().seal(packets, for: a.peer(b), by: a, now: .at(1))[0].bytes
        var forged = genuine
        forged[17] ^= 0x80
        let opened = try Batch().open([forged, genuine, forged], from: a, by: b, now: .at(1))
        #expect(
            opened == [
                .dropped(.unauthenticated), .packet(try b.peer(a), packets[0]), .dropped(.unauthenticated),
            ])
    }

    @Test func packetsOfABatchMayComeInAnyOrder() throws {
        let (a, b) = try connected()
        let sender = try b.peer(a)
        let packets = packets(400, from: a, to: b)
        let datagrams = try Batch().seal(packets, for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        var generator = SeededRandom(3)
        let order = packets.indices.shuffled(using: &generator)
        let opened = try Batch().open(order.map { datagrams[$0] }, from: a, by: b, now: .at(1))
        #expect(opened == order.map { .packet(sender, packets[$0]) })
    }

    @Test func whoMayNotSendFromAnAddressIsStoppedPacketByPacket() throws {
        let (a, b) = try connected()
        let sender = try b.peer(a)
        let good = packets(2, from: a, to: b)
        let spoofed = TestPacket.make(from: try address("10.0.0.77"), to: b.tunnel, payload: [1])
        let noPacket = [UInt8](repeating: 0, count: 20)
        let sent = [good[0], spoofed, spoofed, good[1], noPacket, good[0], spoofed]
        let datagrams = try Batch().seal(sent, for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        #expect(
            try Batch().open(datagrams, from: a, by: b, now: .at(1)) == [
                .packet(sender, good[0]), .dropped(.sourceNotAllowed), .dropped(.sourceNotAllowed),
                .packet(sender, good[1]), .dropped(.notIP), .packet(sender, good[0]), .dropped(.sourceNotAllowed),
            ])
    }

    // MARK: Sessions' lives

    @Test func keepalivesAreNoPackets() throws {
        let (a, b) = try connected()
        let (peer, sender) = (try a.peer(b), try b.peer(a))
        let packets = packets(4, from: a, to: b)
        var datagrams = try Batch().seal(packets, for: peer, by: a, now: .at(1)).map(\.bytes)
        a.device.setPersistentKeepalive(25, of: peer, now: .at(1))
        a.device.advance(to: .at(1))
        let keepalive = try #require(a.device.takeOutbox().first).bytes
        #expect(keepalive.count == 32)
        datagrams.insert(keepalive, at: 2)
        let opened = try Batch().open(datagrams, from: a, by: b, now: .at(1))
        var expected: [Batch.Outcome] = packets.map { .packet(sender, $0) }
        expected.insert(.keepalive, at: 2)
        #expect(opened == expected)
        #expect(b.device.statistics(of: sender)?.receivedPackets == 1 + 4)
    }

    /// The first message of the batch proves that the peer has the session; what waited for it goes out then, once.
    @Test func aBatchConfirmsASession() throws {
        let (a, b) = try pair()
        let (peer, sender) = (try a.peer(b), try b.peer(a))
        let initiation = try #require(try a.send(a.packet(to: b), to: b, now: .start).1.first).bytes
        b.receive(initiation, from: a.endpoint, now: .start)
        let response = try #require(b.device.takeOutbox().first).bytes
        let waiting = b.packet(to: a, [9, 9])
        #expect(try b.send(waiting, to: a, now: .start).0 == .queued)
        _ = b.device.takeOutbox()
        a.receive(response, from: b.endpoint, now: .start)
        let first = a.device.takeOutbox().map(\.bytes)
        let packets = packets(5, from: a, to: b)
        let rest = try Batch().seal(packets, for: peer, by: a, now: .start).map(\.bytes)
        let opened = try Batch().open(first + rest, from: a, by: b, now: .start)
        #expect(opened == ([a.packet(to: b)] + packets).map { .packet(sender, $0) })
        let released = b.device.takeOutbox().map(\.bytes)
        #expect(released.count == 1)
        a.receive(try #require(released.first), from: b.endpoint, now: .start)
        #expect(a.delivered.map(\.packet) == [waiting])
        let statistics = try #require(b.device.statistics(of: sender))
        #expect(statistics.handshakes == 1 && statistics.receivedPackets == 6 && statistics.sentPackets == 1)
    }

    @Test func theLastGenuinePathOfABatchIsTaken() throws {
        let (a, b) = try connected()
        let datagrams = try Batch().seal(packets(6, from: a, to: b), for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        let (there, then) = (try endpoint("198.51.100.9:1"), try endpoint("198.51.100.9:2"))
        var forged = datagrams[5]
        forged[16] ^= 1
        let opened = try Batch().open(
            [
                (datagrams[0], a.endpoint), (datagrams[1], there), (datagrams[2], there), (datagrams[3], then),
                (forged, there),
            ], by: b, now: .at(1))
        #expect(opened.last == .dropped(.unauthenticated))
        #expect(b.device.ownLane.path(of: try b.peer(a))?.endpoint == then)
    }

    @Test func aSessionThatIsTooOldTakesNothing() throws {
        let (a, b) = try connected()
        let datagrams = try Batch().seal(packets(2, from: a, to: b), for: a.peer(b), by: a, now: .at(170)).map(\.bytes)
        #expect(
            try Batch().open(datagrams, from: a, by: b, now: .at(181)) == [
                .dropped(.expiredSession), .dropped(.expiredSession),
            ])
        #expect(throws: Batch.NoSession.self) {
            try Batch().seal(packets(1, from: a, to: b), for: a.peer(b), by: a, now: .at(181))
        }
    }

    @Test func aDeviceThatIsDownTakesNothingAndSendsNothing() throws {
        let (a, b) = try connected()
        let datagrams = try Batch().seal(packets(2, from: a, to: b), for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        b.device.goDown()
        #expect(
            try Batch().open(datagrams, from: a, by: b, now: .at(1)) == [
                .dropped(.interfaceDown), .dropped(.interfaceDown),
            ])
        guard case .dropped(.interfaceDown) = b.device.ownLane.beginSealing(1, for: try b.peer(a), now: .at(1)) else {
            Issue.record("it seals")
            return
        }
    }
}
