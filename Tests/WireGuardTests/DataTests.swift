import Addressing
import Testing
import Tunneling
import WireGuard

@Suite struct DataTests {
    private func connected() throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        let network = Network(seed: 2)
        network.join([a, b])
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .milliseconds(10))
        b.forgetDelivered()
        return (a, b)
    }

    /// Sends a packet as it is, past the sender's own lookup.
    private func deliver(_ packet: [UInt8], _ a: Host, _ b: Host) throws -> Received {
        let peer = try a.peer(b)
        let datagram = try #require(a.seal(packet, for: peer, now: .at(1)).1.last)
        return b.receive(datagram.bytes, from: a.endpoint, now: .at(1))
    }

    @Test(arguments: 0...100)
    func everyPayloadLengthComesOutAsItWent(count: Int) throws {
        let (a, b) = try connected()
        for packet in [
            TestPacket.make(from: a.tunnel, to: b.tunnel, payload: [UInt8](repeating: 7, count: count)),
            TestPacket.make(from: a.tunnelV6, to: b.tunnelV6, payload: [UInt8](repeating: 7, count: count)),
        ] {
            guard case .packet = try deliver(packet, a, b) else {
                Issue.record("not delivered")
                return
            }
            #expect(b.delivered.last?.packet == packet)
        }
    }

    @Test func paddingStopsAtTheMTU() {
        #expect(DataHeader.paddedCount(1, mtu: 1420) == 16)
        #expect(DataHeader.paddedCount(16, mtu: 1420) == 16)
        #expect(DataHeader.paddedCount(17, mtu: 1420) == 32)
        #expect(DataHeader.paddedCount(1408, mtu: 1420) == 1408)
        #expect(DataHeader.paddedCount(1409, mtu: 1420) == 1420)
        #expect(DataHeader.paddedCount(1420, mtu: 1420) == 1420)
        #expect(DataHeader.paddedCount(1421, mtu: 1420) == 1436)
        #expect(DataHeader.paddedCount(100, mtu: 0) == 112)
        for mtu in [576, 1280, 1420, 9000, 65_000] {
            for count in 1...70_000 {
                let padded = DataHeader.paddedCount(count, mtu: mtu)
                guard padded >= count, padded - count < 16, count > mtu || padded <= mtu else {
                    Issue.record("\(count) at \(mtu): \(padded)")
                    return
                }
            }
        }
    }

    /// Padding is zeros, whatever was in the buffer.
    @Test func paddingTellsNothing() throws {
        let (a, b) = try connected()
        let packet = a.packet(to: b, [1, 2, 3])
        let peer = try a.peer(b)
        let datagram = try #require(a.seal(packet, for: peer, now: .at(1)).1.last).bytes
        var buffer = datagram
        _ = buffer.withUnsafeMutableBytes { b.device.receive($0, from: a.endpoint, via: nil, now: .at(1)) }
        #expect(Array(buffer[16..<(16 + packet.count)]) == packet)
        #expect(buffer[(16 + packet.count)..<48].allSatisfy { $0 == 0 })
    }

    @Test func sourceMustBeAmongThePeersAllowedIPs() throws {
        let (a, b) = try connected()
        let spoofed = TestPacket.make(from: try address("10.0.0.77"), to: b.tunnel, payload: [1])
        #expect(try deliver(spoofed, a, b) == .dropped(.sourceNotAllowed))
        let own = TestPacket.make(from: b.tunnel, to: b.tunnel, payload: [1])
        #expect(try deliver(own, a, b) == .dropped(.sourceNotAllowed))
        let v6 = TestPacket.make(from: try address("2001:db8::1"), to: b.tunnelV6, payload: [1])
        #expect(try deliver(v6, a, b) == .dropped(.sourceNotAllowed))
        let statistics = try #require(b.device.statistics(of: try b.peer(a)))
        #expect(statistics.receivedPackets == 1)
    }

    /// Another peer's more specific prefix takes an address away from the wider one.
    @Test func mostSpecificPrefixDecidesOnBothWays() throws {
        let (a, b) = try connected()
        let c = try Host(3)
        let peerA = try b.peer(a)
        let peerC = try b.add(c)
        b.device.addAllowedIP(try prefix("10.9.0.0/16"), to: peerA)
        b.device.addAllowedIP(try prefix("10.9.1.0/24"), to: peerC)
        #expect(b.device.ownLane.lookup(try address("10.9.1.5")) == peerC)
        #expect(b.device.ownLane.lookup(try address("10.9.2.5")) == peerA)
        let inner = TestPacket.make(from: try address("10.9.1.5"), to: b.tunnel, payload: [1])
        #expect(try deliver(inner, a, b) == .dropped(.sourceNotAllowed))
        b.device.removePeer(peerC)
        guard case .packet = try deliver(inner, a, b) else {
            Issue.record("not delivered after the narrower prefix had gone")
            return
        }
    }

    @Test(arguments: [
        "00", "5f", "45", "6000", "45000013", "450000ff00000000000000000a0000010a000002",
        "4500001300000000000000000a0000010a000002", "60000001",
    ])
    func whatIsNoPacketIsDropped(text: String) throws {
        let (a, b) = try connected()
        #expect(try deliver(hex(text), a, b) == .dropped(.notIP))
    }

    @Test func replayedDatagramIsDropped() throws {
        let (a, b) = try connected()
        let datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(1)).1.last).bytes
        guard case .packet = b.receive(datagram, from: a.endpoint, now: .at(1)) else {
            Issue.record("not delivered")
            return
        }
        #expect(b.receive(datagram, from: a.endpoint, now: .at(1)) == .dropped(.replayed))
    }

    @Test func everyChangedBitIsNoticed() throws {
        let (a, b) = try connected()
        let datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(1)).1.last).bytes
        for bit in 0..<(datagram.count * 8) {
            var changed = datagram
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard case .dropped = b.receive(changed, from: a.endpoint, now: .at(1)) else {
                Issue.record("bit \(bit)")
                return
            }
        }
        guard case .packet = b.receive(datagram, from: a.endpoint, now: .at(1)) else {
            Issue.record("the forgeries have spoilt the genuine one")
            return
        }
    }

    @Test func bufferWithoutRoomIsRefused() throws {
        let (a, b) = try connected()
        let peer = try a.peer(b)
        var buffer = [UInt8](repeating: 0, count: 100)
        let results = buffer.withUnsafeMutableBytes { buffer in
            [15..<40, 16..<70, 16..<16, 16..<100].map { a.device.seal(buffer, packet: $0, for: peer, now: .at(1)) }
        }
        #expect(results == [Sealed](repeating: .dropped(.noRoom), count: 4))
    }

    @Test func byteCountsAreThoseOfTheDatagrams() throws {
        let (a, b) = try connected()
        let peerA = try b.peer(a)
        let peerB = try a.peer(b)
        let before = try #require(a.device.statistics(of: peerB))
        let there = try #require(b.device.statistics(of: peerA))
        #expect(before.sentBytes == there.receivedBytes)
        #expect(before.receivedBytes == there.sentBytes)
        // Initiation and a 64-byte packet one way, a response the other.
        #expect(before.sentBytes == 148 + 64)
        #expect(before.receivedBytes == 92)
        #expect(before.handshakes == 1 && there.handshakes == 1)
    }
}
