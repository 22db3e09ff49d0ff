import Addressing
import Testing
import Tunneling
import WireGuard

/// Counters and padding of packets that are sealed together.
@Suite struct SealingRunTests {
    private func connected(mtu: Int = 1_420) throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        let network = Network(seed: 2)
        network.join([a, b])
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .milliseconds(10))
        b.forgetDelivered()
        a.device.mtu = mtu
        return (a, b)
    }

    @Test func countersOfARunThatWasBegunForMoreAreNotUsedAgain() throws {
        let (a, b) = try connected()
        let peer = try a.peer(b)
        let packet = a.packet(to: b)
        let three = [[UInt8]](repeating: packet, count: 3)
        // Two runs at once, the first begun for more than it gets; then one more, and one by one.
        var datagrams = try Batch().seal(
            [
                Batch.Group(peer: peer, packets: three, begun: 10), Batch.Group(peer: peer, packets: three),
                Batch.Group(peer: peer, packets: [], begun: 5), Batch.Group(peer: peer, packets: three),
            ], by: a, now: .at(1)
        ).map(\.bytes)
        datagrams.append(try #require(try a.send(packet, to: b, now: .at(1)).1.last).bytes)
        datagrams += try Batch().seal(three, for: peer, by: a, now: .at(1)).map(\.bytes)
        let counters = datagrams.map(\.counter)
        #expect(counters == Set(counters).sorted())
        #expect(counters.count == 13)
        for datagram in datagrams { b.receive(datagram, from: a.endpoint, now: .at(1)) }
        #expect(b.delivered.map(\.packet) == [[UInt8]](repeating: packet, count: 13))
    }

    /// The counter goes to its limit and no further, by a run that would reach past it neither.
    @Test func noRunGoesPastTheLastCounter() throws {
        let (a, b) = try connected()
        let (peer, sender) = (try a.peer(b), try b.peer(a))
        let limit = UInt64.max - (1 << 13)
        let next = try #require(try a.send(a.packet(to: b), to: b, now: .at(1)).1.last).bytes.counter + 1
        // Runs that nothing is added to take their counters all the same.
        for count in [Int.max, Int(limit - next - UInt64(Int.max) - 5)] {
            #expect(try Batch().seal([Batch.Group(peer: peer, packets: [], begun: count)], by: a, now: .at(6)).isEmpty)
        }
        let packets = (0..<5).map { a.packet(to: b, [UInt8($0)]) }
        for count in [6, 64, Int.max] {
            guard case .noSession = a.device.ownLane.beginSealing(count, for: peer, now: .at(6)) else {
                Issue.record("\(count) more counters")
                return
            }
        }
        #expect(a.device.isOutboxEmpty)
        let last = try Batch().seal(packets, for: peer, by: a, now: .at(6)).map(\.bytes)
        #expect(last.map(\.counter) == Array(limit - 5..<limit))
        // So many messages call for a new session, and the packet after them waits for it.
        #expect(a.device.takeOutbox().map(\.bytes.count) == [148])
        guard case .noSession = a.device.ownLane.beginSealing(1, for: peer, now: .at(6)) else {
            Issue.record("one more counter")
            return
        }
        #expect(try a.send(a.packet(to: b), to: b, now: .at(6)).0 == .queued)
        #expect(try Batch().open(last, from: a, by: b, now: .at(6)) == packets.map { .packet(sender, $0) })
    }

    @Test func aRunWithoutPacketsLeavesTimersAndStatisticsAlone() throws {
        let (a, b) = try connected()
        let peer = try a.peer(b)
        let (deadline, statistics) = (a.device.nextDeadline, a.device.statistics(of: peer))
        #expect(try Batch().seal([Batch.Group(peer: peer, packets: [], begun: 3)], by: a, now: .at(150)).isEmpty)
        #expect(a.device.nextDeadline == deadline)
        #expect(a.device.statistics(of: peer) == statistics)
        #expect(a.device.isOutboxEmpty)
    }

    /// Padding does not take a packet past the MTU, and is zeros where the packet before had been.
    @Test(arguments: [28, 576, 1_280, 1_419, 1_420, 1_432, 9_000])
    func paddingStopsAtTheMTU(_ mtu: Int) throws {
        let (a, b) = try connected(mtu: mtu)
        let lengths = (max(mtu - 33, 21)...mtu).map { $0 }
        let packets = lengths.map {
            TestPacket.make(from: a.tunnel, to: b.tunnel, payload: [UInt8](repeating: 0xFF, count: $0 - 20))
        }
        let datagrams = try Batch().seal(packets, for: a.peer(b), by: a, now: .at(1)).map(\.bytes)
        #expect(datagrams.map { $0.count - 32 } == lengths.map { min(($0 + 15) / 16 * 16, mtu) })
        for (datagram, packet) in zip(datagrams, packets) {
            var buffer = datagram
            let received = buffer.withUnsafeMutableBytes {
                b.device.receive($0, from: a.endpoint, via: nil, now: .at(1))
            }
            guard case .packet(_, let range) = received else {
                Issue.record("\(packet.count): \(received)")
                continue
            }
            #expect(Array(buffer[range]) == packet)
            #expect(buffer[range.upperBound..<(datagram.count - 16)].allSatisfy { $0 == 0 })
        }
    }

    @Test func whatCannotBeSealedSaysWhy() throws {
        let (a, b) = try connected()
        let other = try Host(3)
        let stranger = try a.add(other)
        guard case .noSession = a.device.ownLane.beginSealing(1, for: stranger, now: .at(1)) else {
            Issue.record("a session with one who was never met")
            return
        }
        let peer = try a.peer(b)
        a.device.removePeer(peer)
        guard case .dropped(.noSuchPeer) = a.device.ownLane.beginSealing(1, for: peer, now: .at(1)) else {
            Issue.record("a session with one who is gone")
            return
        }
    }
}
