import PacketIO
import TestPackets
import TestRandom
import Testing

@Suite struct OffloadChecksumTests {
    /// RFC 1071 §3.
    @Test func theExampleOfTheStandardComesOut() {
        let bytes: [UInt8] = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]
        let sum = bytes.withUnsafeBytes { $0.baseAddress.map { InternetChecksum.sum($0, count: 8) } }
        #expect(sum?.folded == UInt16(0xDDF2).bigEndian)
        #expect(sum?.checksum == UInt16(0x220D).bigEndian)
    }

    @Test func everyLengthAndAlignmentAgreesWithThePlainSum() {
        var random = SeededRandom(1)
        let source = GuardedMemory()
        let target = GuardedMemory()
        for count in Array(0...200) + [1380, 1381, 1420, 9000, 65_535] {
            for atEnd in [true, false] {
                // All ones carry at every step.
                let bytes = count % 3 == 0 ? Array(repeating: 0xFF, count: count) : random.bytes(count)
                let expected = plainSum(bytes).bigEndian
                guard let from = source.place(bytes, atEnd: atEnd).baseAddress else { continue }
                #expect(InternetChecksum.sum(from, count: count).folded == expected, "\(count)")
                let memory = target.place(count, atEnd: atEnd)
                guard let to = memory.baseAddress else { continue }
                #expect(InternetChecksum.copyAndSum(from: from, to: to, count: count).folded == expected)
                #expect(memory.elementsEqual(bytes))
            }
        }
    }

    @Test func sumsOfPartsCombineAtAnyPlace() {
        var random = SeededRandom(2)
        for _ in 0..<300 {
            let bytes = random.bytes(Int.random(in: 0...400, using: &random))
            let cut = Int.random(in: 0...bytes.count, using: &random)
            bytes.withUnsafeBytes { memory in
                guard let base = memory.baseAddress else { return }
                var sum = InternetChecksum.sum(base, count: cut)
                sum.add(InternetChecksum.sum(base + cut, count: bytes.count - cut), offset: cut)
                #expect(sum.folded == plainSum(bytes).bigEndian)
            }
        }
    }

    @Test func whatIsTakenOutAgainLeavesTheRest() {
        var sum = InternetChecksum(word: 0x1234)
        sum.add(number: UInt16(0xFFFE))
        sum.add(number: UInt32(0x8000_0001))
        sum.subtract(number: 0xFFFE)
        sum.subtract(number: 0x8001)
        #expect(sum.folded == 0x1234)
    }

    @Test func headersAreAsTheyLieInMemory() {
        let header = VirtioNetHeader(
            flags: .needsChecksum, type: .tcp6, headerCount: 0x0102, segmentSize: 0x0304, checksumStart: 0x0506,
            checksumOffset: 0x0708)
        let guarded = GuardedMemory()
        let memory = guarded.place(VirtioNetHeader.byteCount)
        guard let base = memory.baseAddress else { return }
        header.write(to: base)
        let little: [UInt8] = [1, 4, 2, 1, 4, 3, 6, 5, 8, 7]
        #expect(memory.elementsEqual(little) == (UInt16(1).littleEndian == 1))
        #expect(VirtioNetHeader(from: base) == header)
        #expect(VirtioNetHeader.SegmentationType(rawValue: 0x81).kind == .tcp4)
        #expect(VirtioNetHeader.SegmentationType(rawValue: 0x81).hasECN)
    }
}
