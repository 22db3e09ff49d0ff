import Addressing
import IPsec
import TestRandom
import Testing
import Tunneling

@Suite struct ESPCodecTests {
    @Test(arguments: ESPSuite.all)
    func sealsWhatAPlainReadingOfTheStandardOpens(_ suite: ESPSuite) throws {
        let ends = try #require(ESPEnds(suite))
        var random = SeededRandom(2)
        var packets = (0...70).map { InnerPackets.v4($0, &random) } + (0...70).map { InnerPackets.v6($0, &random) }
        packets += [InnerPackets.v4(1480, &random), InnerPackets.v6(9000, &random)]
        let sealed = try #require(ends.seal(packets))
        for (index, (packet, datagram)) in zip(packets, sealed).enumerated() {
            #expect(datagram.count == ends.outbound.format.datagramCount(packet.count))
            #expect(ESPReference.integer(datagram[..<4]) == UInt64(ends.outbound.spi))
            #expect(ESPReference.integer(datagram[4..<8]) == UInt64(index + 1))
            let text = try #require(
                ESPReference.open(datagram, suite, keys: ends.keys, number: UInt64(index + 1)))
            let padding = Int(text[text.count - 2])
            #expect(text.last == (packet[0] >> 4 == 4 ? 4 : 41))
            #expect(text.count.isMultiple(of: 4) && text.count == packet.count + padding + 2)
            #expect(text.starts(with: packet))
            #expect(text[packet.count..<packet.count + padding].elementsEqual((0..<padding).map { UInt8($0 + 1) }))
        }
    }

    @Test(arguments: ESPSuite.all)
    func opensWhatAPlainReadingOfTheStandardSeals(_ suite: ESPSuite) throws {
        let ends = try #require(ESPEnds(suite))
        var random = SeededRandom(3)
        var datagrams: [[UInt8]] = []
        var packets: [[UInt8]] = []
        for number in 1...200 as ClosedRange<UInt64> {
            let size = Int.random(in: 0...1400, using: &random)
            let packet =
                Bool.random(using: &random) ? InnerPackets.v4(size, &random) : InnerPackets.v6(size, &random)
            // Any bytes may hide the length, before any allowed padding (RFC 4303 §2.7).
            let hidden = random.chance(1, in: 3) ? random.bytes(.random(in: 1...99, using: &random)) : []
            let block = max(4, suite.encryption.blockCount)
            let count = packet.count + hidden.count + 2
            let padding = (block - count % block) % block + block * Int.random(in: 0...3, using: &random)
            let text =
                packet + hidden + (0..<padding).map { UInt8($0 + 1) }
                + [UInt8(padding), packet[0] >> 4 == 4 ? 4 : 41]
            let vector = random.bytes(suite.encryption.vectorCount)
            datagrams.append(
                ESPReference.seal(
                    text, suite, keys: ends.keys, spi: ends.inbound.spi, number: number, vector: vector))
            packets.append(packet)
        }
        #expect(ends.open(datagrams) == packets.map { .packet($0) })
        #expect(ends.inbound.usage == SAUsage(packets: 200, bytes: UInt64(packets.reduce(0) { $0 + $1.count })))
        #expect(ends.inbound.lastHeard == Instant(nanoseconds: 5))
    }

    @Test(arguments: ESPSuite.all)
    func whatIsSealedComesOutOnce(_ suite: ESPSuite) throws {
        let ends = try #require(ESPEnds(suite))
        var random = SeededRandom(4)
        let packets = (0..<300).map { InnerPackets.v4($0, &random) }
        let sealed = try #require(ends.seal(packets))
        #expect(ends.open(sealed.reversed()) == packets.reversed().map { .packet($0) })
        #expect(ends.open(sealed) == sealed.map { _ in .dropped(.replayed) })
    }

    @Test(arguments: ESPSuite.all)
    func everyChangedBitIsNoticed(_ suite: ESPSuite) throws {
        let ends = try #require(ESPEnds(suite))
        var random = SeededRandom(5)
        let sealed = try #require(ends.seal([InnerPackets.v4(13, &random)]))[0]
        for bit in 0..<sealed.count * 8 {
            var forged = sealed
            forged[bit / 8] ^= 1 << UInt8(bit % 8)
            guard case .dropped = ends.open([forged])[0] else {
                Issue.record("bit \(bit)")
                return
            }
        }
        #expect(ends.inbound.usage.packets == 0)
        #expect(ends.inbound.lastHeard == nil)
        if case .packet = ends.open([sealed])[0] {} else { Issue.record("the genuine packet is refused") }
    }

    /// Cut off anywhere, lengthened, and anything at all: refused, and nothing breaks.
    @Test(arguments: ESPSuite.all)
    func garbageIsRefused(_ suite: ESPSuite) throws {
        let ends = try #require(ESPEnds(suite))
        var random = SeededRandom(6)
        let sealed = try #require(ends.seal([InnerPackets.v4(40, &random)]))[0]
        var datagrams = (0..<sealed.count).map { Array(sealed.prefix($0)) } + [sealed + [0], sealed + sealed]
        for _ in 0..<3_000 {
            let spi = random.chance(1, in: 5) ? random.bytes(4) : ESPReference.bytes(UInt64(ends.inbound.spi), 4)
            datagrams.append(spi + random.bytes(.random(in: 0...120, using: &random)))
        }
        for batch in stride(from: 0, to: datagrams.count, by: 512) {
            for outcome in ends.open(Array(datagrams[batch..<min(batch + 512, datagrams.count)])) {
                guard case .dropped = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
            }
        }
    }

    /// Texts that only a peer with the key can send: they decrypt, and are refused for what they are.
    @Test(arguments: ESPSuite.all)
    func genuineNonsenseIsRefused(_ suite: ESPSuite) throws {
        let ends = try #require(ESPEnds(suite))
        var random = SeededRandom(7)
        let block = max(4, suite.encryption.blockCount)
        var number: UInt64 = 0
        func open(_ text: [UInt8]) -> ESPEnds.Outcome {
            number += 1
            let vector = random.bytes(suite.encryption.vectorCount)
            return ends.open([
                ESPReference.seal(text, suite, keys: ends.keys, spi: ends.inbound.spi, number: number, vector: vector)
            ])[0]
        }
        func padded(_ content: [UInt8], next: UInt8) -> [UInt8] {
            let padding = (block - (content.count + 2) % block) % block
            return content + (0..<padding).map { UInt8($0 + 1) } + [UInt8(padding), next]
        }
        let (v4, v6) = (InnerPackets.v4(9, &random), InnerPackets.v6(9, &random))
        #expect(open(padded(v4, next: 4)) == .packet(v4))
        #expect(open(padded(v6, next: 41)) == .packet(v6))
        #expect(open(padded(v4, next: 41)) == .dropped(.notIP))
        #expect(open(padded(v6, next: 4)) == .dropped(.notIP))
        #expect(open(padded(v4, next: 17)) == .dropped(.notIP))
        #expect(open(padded(random.bytes(100), next: 59)) == .dummy)
        #expect(open(padded([], next: 4)) == .dropped(.notIP))
        #expect(open(padded(Array(v4.prefix(19)), next: 4)) == .dropped(.notIP))
        #expect(open(padded(Array(v6.dropLast()), next: 41)) == .dropped(.notIP))
        // Padding that is longer than the text.
        #expect(open([UInt8](repeating: 0x45, count: block - 2) + [255, 4]) == .dropped(.notIP))
        for _ in 0..<500 {
            guard case .dropped = open(random.bytes(block * .random(in: 1...8, using: &random))) else { continue }
        }
    }

    /// RFC 7634, appendix A: an ICMP echo request.
    @Test func opensThePacketOfRFC7634() throws {
        let suite = ESPSuite(encryption: .chaCha20Poly1305, integrity: nil, usesESN: false)
        let keys = (0x80...0xA3).map { UInt8($0) }
        let inbound = try #require(
            InboundSA(
                spi: 0x0102_0304, interface: 1, peer: 1, suite: suite, keys: .init(copying: keys),
                selectors: SelectorPair(source: TrafficSelector.all, destination: TrafficSelector.all),
                path: ESPEnds.path))
        let ends = try #require(ESPEnds(suite))
        ends.table.insert(inbound)
        let datagram: [UInt64] = [
            0x0102_0304_0000_0005, 0x1011_1213_1415_1617, 0x2403_9428_b97f_417e, 0x3c13_753a_4f05_087b,
            0x67c3_52e6_a7fa_b1b9, 0x82d4_66ef_407a_e5c6, 0x14ee_8099_d528_44eb, 0x61aa_95df_ab4c_02f7,
            0x2aa7_1e7c_4c4f_64c9, 0xbefe_2fac_c638_e8f3, 0xcbec_163f_ac46_9b50, 0x2773_f6fb_94e6_64da,
            0x9165_b828_29f6_41e0, 0x76aa_a826_6b7f_b0f7, 0xb11b_3699_07e1_ad43,
        ]
        let outcome = ends.open([datagram.flatMap { ESPReference.bytes($0, 8) }])[0]
        guard case .packet(let packet) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(packet.count == 84 && packet.starts(with: [0x45, 0, 0, 0x54, 0xa6, 0xf2, 0, 0, 0x40, 1, 0xe7, 0x78]))
        #expect(packet.suffix(4) == [0x34, 0x35, 0x36, 0x37])
    }
}
