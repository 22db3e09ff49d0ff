import PacketIO
import TestPackets
import TestRandom
import Testing

@Suite struct OffloadSplitTests {
    /// Worked out by hand: a segment of each kind has its own length, number, flags and checksums.
    @Test func aLargeTCPPacketBecomesTheSegmentsThatWereWorkedOut() throws {
        let large: [UInt8] = [
            0x45, 0x00, 0x00, 0x2F, 0xFF, 0xFF, 0x40, 0x00, 0x40, 0x06, 0x00, 0x00, 10, 0, 0, 1, 10, 0, 0, 2,
            0x00, 0x01, 0x00, 0x02, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 9, 0x50, 0x99, 0x10, 0x00, 0x14, 0x24, 0, 0,
            1, 2, 3, 4, 5, 6, 7,
        ]
        let header = VirtioNetHeader(
            flags: .needsChecksum, type: .init(rawValue: 0x81), segmentSize: 4, checksumStart: 20, checksumOffset: 16)
        // 0x99 is CWR, ACK, PSH, FIN; the sequence number and the identification wrap.
        let first: [UInt8] = [
            0x45, 0x00, 0x00, 0x2C, 0xFF, 0xFF, 0x40, 0x00, 0x40, 0x06, 0x26, 0xCA, 10, 0, 0, 1, 10, 0, 0, 2,
            0x00, 0x01, 0x00, 0x02, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 9, 0x50, 0x90, 0x10, 0x00, 0x87, 0x3D, 0, 0,
            1, 2, 3, 4,
        ]
        let second: [UInt8] = [
            0x45, 0x00, 0x00, 0x2B, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x26, 0xCB, 10, 0, 0, 1, 10, 0, 0, 2,
            0x00, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0, 0, 0, 9, 0x50, 0x19, 0x10, 0x00, 0x7F, 0xB2, 0, 0,
            5, 6, 7,
        ]
        #expect(try split(header, large) == [first, second])
    }

    @Test func randomLargePacketsSplitAsTheirPartsSay() throws {
        var random = SeededRandom(3)
        for round in 0..<400 {
            var packet = TestPacket()
            packet.isIPv4 = random.chance(1, in: 2)
            packet.isTCP = !random.chance(1, in: 3)
            packet.id = UInt16.random(in: 0...0xFFFF, using: &random)
            packet.fragment = random.chance(1, in: 2) ? 0x4000 : 0
            packet.trafficClass = UInt8.random(in: 0...255, using: &random)
            packet.ttl = UInt8.random(in: 1...255, using: &random)
            packet.flowLabel = UInt32.random(in: 0...0xFFFFF, using: &random)
            packet.sequence = UInt32.random(in: 0...UInt32.max, using: &random)
            packet.acknowledgement = UInt32.random(in: 0...UInt32.max, using: &random)
            // Any flags, and the reserved bits: they are not for the splitter to judge.
            packet.flags = UInt16.random(in: 0...0xFFF, using: &random)
            packet.window = UInt16.random(in: 0...0xFFFF, using: &random)
            packet.options = random.bytes(4 * Int.random(in: 0...10, using: &random))
            packet.networkOptions =
                random.chance(1, in: 4) ? random.bytes(4 * Int.random(in: 1...10, using: &random)) : []
            packet.extensions = random.chance(1, in: 4) ? [0, 60, 43] : []
            let size = Int.random(in: 1...(random.chance(1, in: 2) ? 40 : 9000), using: &random)
            let limit = min(65_535 - packet.headerCount, size * 60)
            packet.payload = random.bytes(Int.random(in: 0...limit, using: &random))
            let header = packet.offloadHeader(segmentSize: size)
            let expected =
                packet.payload.count > size ? packet.segments(of: size).map(\.bytes) : [packet.bytes]
            let result = try split(header, packet.partialBytes, atEnd: round % 2 == 0)
            #expect(result == expected, "round \(round)")
            // Without a partial checksum all of it is made anew.
            if packet.payload.count > size {
                var bare = header
                bare.flags = []
                #expect(try split(bare, packet.bytes) == expected, "round \(round)")
            }
        }
    }

    @Test func partialChecksumsOfPlainPacketsAreCompleted() throws {
        for isTCP in [true, false] {
            for isIPv4 in [true, false] {
                let packet = TestPacket(isIPv4: isIPv4, isTCP: isTCP, payload: [1, 2, 3])
                var header = packet.offloadHeader(segmentSize: 0)
                header.type = .none
                #expect(try split(header, packet.partialBytes) == [packet.bytes])
                let guarded = GuardedMemory()
                let memory = guarded.place(packet.partialBytes)
                #expect(OffloadedPacket.completeChecksum(header, in: memory))
                #expect(Array(memory) == packet.bytes)
                #expect(try split(VirtioNetHeader(), packet.bytes) == [packet.bytes])
                #expect(!OffloadedPacket.completeChecksum(packet.offloadHeader(segmentSize: 1), in: memory))
            }
        }
    }

    /// 0 would say that there is no checksum.
    @Test func aUDPChecksumOfZeroIsStoredAsAllOnes() throws {
        var packet = TestPacket(isTCP: false, payload: [0, 0, 0, 0])
        let sum = UInt16(packet.bytes[26]) << 8 | UInt16(packet.bytes[27])
        packet.payload = [UInt8(sum >> 8), UInt8(sum & 255), 0, 0]
        #expect(packet.bytes[26...27] == [0xFF, 0xFF])
        var header = packet.offloadHeader(segmentSize: 0)
        header.type = .none
        #expect(try split(header, packet.partialBytes) == [packet.bytes])
        var large = packet
        large.payload += packet.payload
        #expect(try split(large.offloadHeader(segmentSize: 4), large.partialBytes).first?[26...27] == [0xFF, 0xFF])
    }

    @Test func headersThatMakeNoSenseAreRefused() {
        let packet = TestPacket(payload: Array(repeating: 1, count: 100))
        let bytes = packet.partialBytes
        let good = packet.offloadHeader(segmentSize: 10)
        func fault(_ bytes: [UInt8], _ change: (inout VirtioNetHeader) -> Void = { _ in }) -> OffloadFault? {
            var header = good
            change(&header)
            do throws(OffloadFault) { _ = try split(header, bytes) } catch { return error }
            return nil
        }
        func changed(_ place: Int, _ value: UInt8) -> [UInt8] {
            var bytes = bytes
            bytes[place] = value
            return bytes
        }
        #expect(fault(bytes) == nil)
        #expect(fault([]) == .length(0))
        #expect(fault(bytes) { $0.segmentSize = 0 } == .noSegmentSize)
        #expect(fault(bytes) { $0.type = .tcp6 } == .protocolMismatch)
        #expect(fault(bytes) { $0.type = .udp } == .protocolMismatch)
        #expect(fault(bytes) { $0.type = .init(rawValue: 3) } == .unknownSegmentation(.init(rawValue: 3)))
        #expect(fault(bytes) { $0.checksumStart = 24 } == .checksumPlace)
        #expect(fault(bytes) { $0.checksumOffset = 6 } == .checksumPlace)
        #expect(fault(bytes) { ($0.type, $0.checksumOffset) = (.none, 119) } == .checksumPlace)
        #expect(fault(bytes) { ($0.type, $0.checksumStart) = (.none, 0xFFFF) } == .checksumPlace)
        #expect(fault(changed(0, 0x44)) == .header)
        #expect(fault(changed(0, 0x55)) == .protocolMismatch)
        #expect(fault(changed(3, 1)) == .lengthField)
        #expect(fault(changed(6, 0x20)) == .fragment)
        #expect(fault(changed(9, 17)) == .protocolMismatch)
        #expect(fault(changed(32, 0x40)) == .header)
        #expect(fault(Array(bytes.prefix(19))) == .header)
        #expect(fault(bytes) { $0.headerCount = 0xFFFF } == nil)
    }

    /// Guard pages are on both sides of source and target: whatever is touched beside them ends the test.
    @Test func hostilePacketsAreRefusedOrStayInBounds() {
        var random = SeededRandom(4)
        let types: [UInt8] = [0, 1, 3, 4, 5, 0x81, 0x84, 0x85, 9]
        var accepted = 0
        for round in 0..<4000 {
            var bytes: [UInt8]
            var header: VirtioNetHeader
            if random.chance(1, in: 4) {
                bytes = random.bytes(Int.random(in: 0...200, using: &random))
                header = VirtioNetHeader()
            } else {
                var packet = TestPacket(isIPv4: random.chance(1, in: 2), isTCP: random.chance(1, in: 2))
                packet.extensions = random.chance(1, in: 2) ? [0, 60] : []
                packet.payload = random.bytes(Int.random(in: 0...200, using: &random))
                header = packet.offloadHeader(segmentSize: Int.random(in: 1...50, using: &random))
                bytes = packet.partialBytes
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    let place = Int.random(in: 0..<min(bytes.count, 60), using: &random)
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                if random.chance(1, in: 3) {
                    bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                }
            }
            if random.chance(1, in: 3) { header.type = .init(rawValue: types.randomElement(using: &random) ?? 0) }
            if random.chance(1, in: 3) { header.flags = .init(rawValue: UInt8.random(in: 0...255, using: &random)) }
            if random.chance(1, in: 4) { header.checksumStart = UInt16.random(in: 0...300, using: &random) }
            if random.chance(1, in: 4) { header.checksumOffset = UInt16.random(in: 0...0xFFFF, using: &random) }
            if random.chance(1, in: 4) { header.segmentSize = UInt16.random(in: 0...300, using: &random) }
            guard let segments = try? split(header, bytes, atEnd: round % 2 == 0) else { continue }
            accepted += 1
            let payload = segments.reduce(0) { $0 + $1.count }
            #expect(payload >= bytes.count)
        }
        #expect(accepted > 500)
    }
}
