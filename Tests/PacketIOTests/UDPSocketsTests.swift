import Addressing
import Glibc
import PacketIO
import Testing

@Suite struct UDPSocketsTests {
    let pool: PacketPool

    init() throws {
        pool = try PacketPool(slots: 512)
    }

    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    /// Adds a datagram with one repeated byte.
    func add(_ byte: UInt8, count: Int, to remote: Endpoint?, from local: IPAddress? = nil, in batch: PacketBatch)
        throws
    {
        let index = try #require(batch.appendEmpty())
        batch[index].buffer.setCount(count)
        batch[index].buffer.bytes.indices.forEach { batch[index].buffer.bytes[$0] = byte }
        batch[index].remote = remote
        batch[index].local = local.map { LocalAddress($0) }
    }

    /// What arrives until `count` datagrams did, or five seconds are over.
    func receive(_ count: Int, _ family: IPFamily, on sockets: UDPSockets) throws -> [Packet] {
        let poller = try Poller()
        try poller.add(#require(family == .v4 ? sockets.v4 : sockets.v6), token: 1)
        let deadline = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 5_000_000_000)
        var packets: [Packet] = []
        var events: [Poller.Event] = []
        let batch = PacketBatch(pool: pool, capacity: 64)
        while packets.count < count, MonotonicTime.now < deadline {
            try poller.wait(until: deadline, events: &events)
            while try sockets.receive(family, into: batch) > 0 {
                for index in 0..<batch.count { packets.append(try #require(batch.take(index))) }
            }
        }
        #expect(packets.count == count)
        return packets
    }

    @Test func aFreePortIsTheSameForBothFamilies() throws {
        let sockets = try UDPSockets(port: 0)
        #expect(sockets.port != 0)
        #expect(sockets.v4 != nil)
        #expect(throws: IOError.self) { try UDPSockets(port: sockets.port) }
        withExtendedLifetime(sockets) {}
    }

    @Test func aPortThatIsFreeOnceClosedCanBeTakenAgain() throws {
        let port = try UDPSockets(port: 0).port
        #expect(try UDPSockets(port: port).port == port)
    }

    @Test func everyPacketOfABatchTellsTheAddressItCameTo() throws {
        let receiver = try UDPSockets(port: 0)
        let sender = try UDPSockets(port: 0)
        let batch = PacketBatch(pool: pool, capacity: 64)
        for value in 1...50 {
            try add(UInt8(value), count: 32, to: Endpoint(address("127.0.0.\(value)"), port: receiver.port), in: batch)
        }
        #expect(sender.send(batch) == 50)
        let packets = try receive(50, .v4, on: receiver)
        for (index, packet) in packets.enumerated() {
            #expect(try packet.local?.address == address("127.0.0.\(index + 1)"))
            #expect(packet.local?.interface == 1)
            #expect(packet.buffer.bytes.allSatisfy { Int($0) == index + 1 })
            #expect(packet.remote?.port == sender.port)
        }
    }

    @Test func everyPacketOfABatchLeavesFromTheAddressAskedFor() throws {
        let receiver = try UDPSockets(port: 0)
        let sender = try UDPSockets(port: 0)
        let batch = PacketBatch(pool: pool, capacity: 64)
        let target = Endpoint(try address("127.0.0.1"), port: receiver.port)
        for value in 1...50 {
            try add(UInt8(value), count: 32, to: target, from: address("127.0.1.\(value)"), in: batch)
        }
        #expect(sender.send(batch) == 50)
        let packets = try receive(50, .v4, on: receiver)
        for (index, packet) in packets.enumerated() {
            #expect(try packet.remote == Endpoint(address("127.0.1.\(index + 1)"), port: sender.port))
        }
    }

    @Test func answersOverIPv6ComeFromTheAddressTheQuestionWentTo() throws {
        let server = try UDPSockets(port: 0)
        let client = try UDPSockets(port: 0)
        let batch = PacketBatch(pool: pool, capacity: 8)
        try add(1, count: 100, to: Endpoint(address("::1"), port: server.port), in: batch)
        try add(2, count: 100, to: Endpoint(address("::1"), port: server.port), in: batch)
        #expect(client.send(batch) == 2)
        batch.removeAll()
        for packet in try receive(2, .v6, on: server) {
            #expect(try packet.local?.address == address("::1"))
            batch.append(packet)
        }
        #expect(server.send(batch) == 2)
        for packet in try receive(2, .v6, on: client) {
            #expect(try packet.remote == Endpoint(address("::1"), port: server.port))
        }
    }

    @Test func oneBadPacketDoesNotStopTheBatch() throws {
        let receiver = try UDPSockets(port: 0)
        let sender = try UDPSockets(port: 0)
        let batch = PacketBatch(pool: pool, capacity: 16)
        let v4 = Endpoint(try address("127.0.0.1"), port: receiver.port)
        let v6 = Endpoint(try address("::1"), port: receiver.port)
        try add(1, count: 10, to: v4, in: batch)
        try add(2, count: 10, to: v4, from: address("192.0.2.7"), in: batch)  // no address of ours
        try add(3, count: 65_530, to: v4, in: batch)  // longer than a datagram can be
        try add(4, count: 10, to: v6, in: batch)
        try add(5, count: 10, to: v6, from: address("2001:db8::7"), in: batch)
        try add(6, count: 0, to: v4, in: batch)
        try add(7, count: 10, to: nil, in: batch)
        try add(8, count: 10, to: Endpoint(address("127.0.0.1"), port: 0), in: batch)
        try add(9, count: 10, to: v6, in: batch)
        try add(10, count: 10, to: v4, in: batch)
        #expect(sender.send(batch) == 4)
        let outcomes = (0..<batch.count).map { batch[$0].outcome }
        #expect(outcomes[0] == .sent && outcomes[3] == .sent && outcomes[8] == .sent && outcomes[9] == .sent)
        #expect(outcomes[2] == .failed(EMSGSIZE) && outcomes[7] == .failed(EINVAL))
        #expect(outcomes[5] == .notSent && outcomes[6] == .notSent)
        for gone in [1, 4] {
            guard case .sourceGone = outcomes[gone] else {
                Issue.record("outcome \(gone): \(outcomes[gone])")
                continue
            }
            // Without the source it goes.
            batch[gone].local = nil
        }
        #expect(sender.send(batch) == 6)
        #expect(try receive(5, .v4, on: receiver).map { $0.buffer.bytes.first } == [1, 10, 1, 2, 10])
        #expect(try receive(5, .v6, on: receiver).map { $0.buffer.bytes.first } == [4, 9, 4, 5, 9])
    }

    @Test func anUnreachablePortStopsNeitherSendingNorReceiving() throws {
        let sender = try UDPSockets(port: 0)
        let receiver = try UDPSockets(port: 0)
        let closed = Endpoint(try address("127.0.0.1"), port: try UDPSockets(port: 0).port)
        let open = Endpoint(try address("127.0.0.1"), port: receiver.port)
        let batch = PacketBatch(pool: pool, capacity: 2)
        for _ in 0..<10 {
            batch.removeAll()
            try add(1, count: 1, to: closed, in: batch)
            try add(2, count: 1, to: open, in: batch)
            #expect(sender.send(batch) == 2)
            #expect(try sender.receive(.v4, into: batch) == 0)
        }
        _ = try receive(10, .v4, on: receiver)
    }

    @Test func theLongestDatagramFits() throws {
        let sender = try UDPSockets(port: 0)
        let receiver = try UDPSockets(port: 0)
        let batch = PacketBatch(pool: pool, capacity: 2)
        try add(7, count: 65_507, to: Endpoint(address("127.0.0.1"), port: receiver.port), in: batch)
        #expect(sender.send(batch) == 1)
        let packet = try #require(try receive(1, .v4, on: receiver).first)
        #expect(packet.buffer.count == 65_507)
        #expect(packet.buffer.bytes.last == 7)
    }

    @Test func aDatagramLongerThanItsSlotIsMarked() throws {
        let small = try PacketPool(slots: 8, longest: 100, tailroom: 0)
        let sender = try UDPSockets(port: 0)
        let receiver = try UDPSockets(port: 0)
        let batch = PacketBatch(pool: pool, capacity: 2)
        let target = Endpoint(try address("127.0.0.1"), port: receiver.port)
        try add(7, count: 101, to: target, in: batch)
        try add(7, count: 100, to: target, in: batch)
        #expect(sender.send(batch) == 2)
        let arrived = PacketBatch(pool: small, capacity: 8)
        #expect(try receiver.receive(.v4, into: arrived) == 2)
        #expect((arrived[0].buffer.count, arrived[1].buffer.count) == (0, 100))
    }
}
