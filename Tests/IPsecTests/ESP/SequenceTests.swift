import Addressing
import IPsec
import TestRandom
import Testing
import Tunneling

@Suite struct SequenceTests {
    static let gcm = ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: false)
    static let extendedGCM = ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: true)

    /// Whatever number lies from the window's lower end up to a turn ahead of that is told by its lower half.
    @Test func lowerHalfTellsEveryNumberThatMayCome() {
        var random = SeededRandom(1)
        let (turn, width) = (UInt64(1) << 32, ReplayWindow.width)
        let edges: [UInt64] = [0, 1, width - 2, width - 1, width, turn - 2, turn - 1, turn, turn + 1]
        for round in 0..<20_000 {
            let near = edges[round % edges.count] &+ turn * UInt64.random(in: 0...3, using: &random)
            let highest = round.isMultiple(of: 2) ? near : UInt64.random(in: 0...(.max - 2 * turn), using: &random)
            let bottom = highest >= width - 1 ? highest - (width - 1) : 0
            let ahead = highest < width - 1 ? turn - width + 1 + highest : turn
            let number = bottom + UInt64.random(in: 0..<ahead, using: &random)
            let lower = UInt32(truncatingIfNeeded: number)
            guard ExtendedSequence.number(lower: lower, highest: highest) == number else {
                Issue.record("\(number) after \(highest)")
                return
            }
        }
    }

    @Test func numbersBeforeTheFirstAndAfterTheLastAreNone() {
        #expect(ExtendedSequence.number(lower: .max, highest: 0) == nil)
        #expect(ExtendedSequence.number(lower: 0, highest: .max - 1) == nil)
    }

    @Test func numbersGoOnPastTheTurnOfTheLowerHalf() throws {
        // The window has to be brought near the turn first.
        let ends = try #require(ESPEnds(Self.extendedGCM, firstNumber: 1 << 31))
        let late = try #require(ESPEnds(Self.extendedGCM, firstNumber: (1 << 32) - 150))
        var random = SeededRandom(2)
        let packets = (0..<300).map { InnerPackets.v4($0, &random) }
        let first = try #require(ends.seal([packets[0]]))
        #expect(ends.open(first) == [.packet(packets[0])])
        let sealed = try #require(late.seal(packets))
        var order = Array(packets.indices)
        for start in stride(from: 0, to: 300, by: 50) { order[start..<start + 50].shuffle(using: &random) }
        #expect(ends.open(order.map { sealed[$0] }) == order.map { .packet(packets[$0]) })
        #expect(ends.open(sealed) == sealed.map { _ in .dropped(.replayed) })
    }

    /// What comes late says nothing of where the greatest number is.
    @Test func latePacketsDoNotTakeTheGreatestNumberBack() throws {
        let greatest = (1 << 32) + 2 * ReplayWindow.width
        let late = greatest - (ReplayWindow.width - 1)
        // As far ahead as can be told by half a number.
        let ahead = greatest - ReplayWindow.width + 1 << 32
        let ends = try #require(ESPEnds(Self.extendedGCM))
        var random = SeededRandom(6)
        let packet = InnerPackets.v4(10, &random)
        for number in [1 << 31, greatest, late, ahead] {
            let sender = try #require(ESPEnds(Self.extendedGCM, firstNumber: number))
            #expect(ends.open(try #require(sender.seal([packet]))) == [.packet(packet)], "\(number)")
        }
    }

    /// The upper half is not sent, and covered by the check value all the same (RFC 4303 §2.2.1, RFC 4106 §5).
    @Test(arguments: ESPSuite.all.filter(\.usesESN)) func theUpperHalfIsAuthenticated(_ suite: ESPSuite) throws {
        let number: UInt64 = 5 << 32 + 7
        let sender = try #require(ESPEnds(suite, firstNumber: number))
        var random = SeededRandom(8)
        let packet = InnerPackets.v4(26, &random)
        let sealed = try #require(sender.seal([packet]))[0]
        let text = try #require(ESPReference.open(sealed, suite, keys: sender.keys, number: number))
        #expect(text.starts(with: packet))
        #expect(ESPReference.open(sealed, suite, keys: sender.keys, number: number - 1 << 32) == nil)

        let receiver = try #require(ESPEnds(suite))
        for number in [1 << 31, 1 << 32, 3 << 31, 2 << 32 + 1] as [UInt64] {
            let vector = random.bytes(suite.encryption.vectorCount)
            let datagram = ESPReference.seal(
                packet + [0, 4], suite, keys: receiver.keys, spi: receiver.inbound.spi, number: number, vector: vector)
            #expect(receiver.open([datagram]) == [.packet(packet)], "\(number)")
        }
    }

    /// Numbers begin with 1 (RFC 4303 §2.2).
    @Test(arguments: [gcm, extendedGCM]) func numberZeroIsNone(_ suite: ESPSuite) throws {
        let ends = try #require(ESPEnds(suite))
        var random = SeededRandom(7)
        let packet = ESPReference.seal(
            InnerPackets.v4(10, &random) + [0, 4], suite, keys: ends.keys, spi: ends.inbound.spi, number: 0,
            vector: random.bytes(suite.encryption.vectorCount))
        #expect(ends.open([packet]) == [.dropped(.replayed)])
    }

    @Test func withoutExtendedNumbersTheLastOneIsTheEnd() throws {
        let ends = try #require(ESPEnds(Self.gcm, firstNumber: (1 << 32) - 3))
        var random = SeededRandom(3)
        let packets = (0..<3).map { InnerPackets.v4($0, &random) }
        #expect(ends.seal(packets + packets) == nil)
        #expect(ends.seal(packets + [packets[0]]) == nil)
        let sealed = try #require(ends.seal(packets))
        #expect(sealed.last?[4..<8] == [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(ends.open(sealed) == packets.map { .packet($0) })
        #expect(ends.seal([packets[0]]) == nil)
        #expect(ends.outbound.sequence == ((1 << 32) - 1, (1 << 32) - 1))
    }

    @Test func whatTheWindowHasLeftBehindIsRefused() throws {
        let ends = try #require(ESPEnds(Self.gcm))
        let late = try #require(ESPEnds(Self.gcm, firstNumber: ReplayWindow.width + 1))
        var random = SeededRandom(4)
        let packet = InnerPackets.v4(10, &random)
        let early = try #require(ends.seal([packet, packet]))
        #expect(ends.open(try #require(late.seal([packet]))) == [.packet(packet)])
        #expect(ends.open(early) == [.dropped(.replayed), .packet(packet)])
    }

    @Test func numbersAreGivenOnceToAllThreads() async throws {
        let ends = try #require(ESPEnds(Self.gcm))
        let outbound = ends.outbound
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<1_000).filter { _ in outbound.beginSealing(7) != nil }.count }
            }
            #expect(await group.reduce(0, +) == 4_000)
        }
        #expect(outbound.sequence.used == 28_000)
    }

    @Test func firstPacketsAndMovesAreNewsOnce() throws {
        let ends = try #require(ESPEnds(Self.gcm))
        let elsewhere = Path(endpoint: Endpoint(IPAddress(v4: 0x0A00_0002), port: 999))
        var random = SeededRandom(5)
        let packet = InnerPackets.v4(10, &random)
        func news(_ datagram: [UInt8], on path: Path) -> ESPNews {
            var copy = datagram
            return copy.withUnsafeMutableBytes { bytes in
                guard ends.opener.admit(bytes, on: path, of: ends.table, reader: 0) == nil else { return [] }
                ends.opener.decrypt()
                defer { ends.opener.removeAll() }
                return ends.opener.finish(0, now: Instant(nanoseconds: 9)) { _ in }
            }
        }
        let sealed = try #require(ends.seal([packet, packet, packet, packet]))
        var forged = sealed[0]
        forged[20] ^= 1
        #expect(news(forged, on: elsewhere) == [])
        #expect(news(sealed[0], on: ESPEnds.path) == .firstPacket)
        #expect(news(sealed[1], on: ESPEnds.path) == [])
        #expect(news(sealed[2], on: elsewhere) == .moved)
        #expect(news(sealed[2], on: ESPEnds.path) == [])
        #expect(news(sealed[3], on: elsewhere) == [])
    }
}
