import Addressing
import TestRandom
import Testing
import Tunneling
import WireGuard

/// Packets of one flow stay in order, whoever sends them: a lane by itself, or the device after a handshake.
@Suite struct LaneOrderTests {
    private let a: Host
    private let b: Host

    init() throws {
        a = try Host(1)
        b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
    }

    @Test func nothingOvertakesWhatWasHandedOver() throws {
        let lanes = [SideLane(of: a), SideLane(of: a)]
        func send(_ lane: Int, _ number: UInt8) throws -> [Outgoing] {
            try lanes[lane].send([a.packet(to: b, [UInt8(lane), number])], to: b, now: .start)
        }
        #expect(try send(0, 1).isEmpty && send(0, 2).isEmpty)
        a.device.takeReports(now: .start)
        var wire = a.device.takeOutbox()
        a.device.settleReports()
        // Settled, but it still waits for a session: another lane's goes behind it as well.
        #expect(try send(1, 1).isEmpty && send(0, 3).isEmpty)
        b.receive(try #require(wire.first).bytes, from: a.endpoint, now: .start)
        let response = try #require(b.device.takeOutbox().first).bytes
        a.receive(response, from: b.endpoint, now: .start)
        // There is a session, but what waited is not on the wire yet, and what was told is not even in the outbox.
        #expect(try send(0, 4).isEmpty && send(1, 2).isEmpty)
        wire = a.device.takeOutbox()
        a.device.settleReports()
        #expect(try send(0, 5).isEmpty && send(1, 3).isEmpty)
        a.device.takeReports(now: .start)
        // Taken up, but not sent.
        #expect(try send(0, 6).isEmpty && send(1, 4).isEmpty)
        wire += a.device.takeOutbox()
        a.device.settleReports()
        #expect(try send(0, 7).isEmpty && send(1, 5).isEmpty)
        a.device.takeReports(now: .start)
        wire += a.device.takeOutbox()
        a.device.settleReports()
        // Nothing is in between any more: they send by themselves.
        let direct = try [send(0, 8), send(1, 6)]
        #expect(direct.map(\.count) == [1, 1])
        for datagram in wire + direct.joined() { b.receive(datagram.bytes, from: a.endpoint, now: .start) }
        let numbers = b.delivered.map { Array($0.packet.suffix(2)) }
        #expect(numbers.filter { $0[0] == 0 }.map { $0[1] } == Array(1...8))
        #expect(numbers.filter { $0[0] == 1 }.map { $0[1] } == Array(1...6))
    }

    /// A flow for each lane, the device's own among them; sessions come and end, and the device looks when it happens to.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func flowsStayInOrder(seed: UInt64) throws {
        var generator = SeededRandom(seed)
        let lanes = [SideLane(of: a), SideLane(of: a)]
        let own = Batch()
        let peer = try a.peer(b)
        var now = Instant.start
        var wire: [[UInt8]] = []
        var next = [0, 0, 0]
        var direct = 0
        func flush() {
            wire += a.device.takeOutbox().map(\.bytes)
            a.device.settleReports()
        }
        for _ in 0..<1_500 {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<9:
                let lane = Int.random(in: 0..<2, using: &generator)
                let packets = (0..<Int.random(in: 1...3, using: &generator)).map { packet(lane, next[lane] + $0) }
                next[lane] += packets.count
                let sent = try lanes[lane].send(packets, to: b, now: now)
                direct += sent.count
                wire += sent.map(\.bytes)
            case 9..<11:
                // What the device made goes first, as with a lane of an interface.
                flush()
                let sent = try? own.seal([packet(2, next[2])], for: peer, by: a, now: now)
                wire += (sent ?? a.seal(packet(2, next[2]), for: peer, now: now).1).map(\.bytes)
                next[2] += 1
            case 11..<14: a.device.takeReports(now: now)
            case 14..<16: flush()
            case 16..<18:
                now = now + .milliseconds(UInt64.random(in: 1...200, using: &generator))
                a.device.advance(to: now)
                flush()
            case 18:
                for datagram in wire { b.receive(datagram, from: a.endpoint, now: now) }
                wire = []
                for answer in b.device.takeOutbox() {
                    if answer.bytes.first == 4 {
                        a.receive(answer.bytes, from: b.endpoint, now: now)
                    } else {
                        lanes[Int.random(in: 0..<2, using: &generator)].receive(
                            answer.bytes, from: b.endpoint, now: now)
                    }
                }
            default:
                if generator.chance(300, in: 1000) {
                    now = now + .seconds(UInt64.random(in: 1...190, using: &generator))
                }
            }
        }
        for datagram in wire { b.receive(datagram, from: a.endpoint, now: now) }
        var last = [-1, -1, -1]
        for (_, bytes) in b.delivered {
            let (lane, number) = (Int(bytes[20]), Int(bytes[21]) << 8 | Int(bytes[22]))
            #expect(number > last[lane], "lane \(lane): \(number) after \(last[lane])")
            last[lane] = number
        }
        #expect(direct > 50 && b.delivered.count > direct)
    }

    private func packet(_ lane: Int, _ number: Int) -> [UInt8] {
        a.packet(to: b, [UInt8(lane), UInt8(number >> 8), UInt8(number & 255)])
    }
}
