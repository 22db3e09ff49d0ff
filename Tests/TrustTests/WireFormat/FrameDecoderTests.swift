import FoundationEssentials
import TestRandom
import Testing
import WireFormat

struct FrameDecoderTests {
    private static let lengths = [0, 1, 2, 127, 128, 129, 16383, 16384, 70000]

    @Test(arguments: [Framing.varint, .fixed32], [1, 3, 7, 1000, 1_000_000])
    func messagesComeOutWholeHoweverTheyArrive(framing: Framing, piece: Int) throws {
        let messages = Self.lengths.map { length in [UInt8](repeating: UInt8(length & 0xFF), count: length) }
        var stream: [UInt8] = []
        for message in messages { framing.append(message, to: &stream) }
        var decoder = FrameDecoder(framing, limit: 70000)
        var seen: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: piece) {
            decoder.append(stream[start..<min(start + piece, stream.count)])
            while let message = try decoder.next() { seen.append(message) }
        }
        #expect(seen == messages)
        try decoder.finish()
    }

    @Test func varintsAreThoseOfProtobuf() throws {
        var stream: [UInt8] = []
        Framing.varint.append([UInt8](repeating: 0, count: 300), to: &stream)
        #expect(stream.prefix(2) == [0xAC, 0x02])
        var fixed: [UInt8] = []
        Framing.fixed32.append([UInt8](repeating: 0, count: 300), to: &fixed)
        #expect(fixed.prefix(4) == [0, 0, 1, 0x2C])
    }

    @Test func aMessageOverTheLimitIsRefusedBeforeItArrives() {
        var decoder = FrameDecoder(.fixed32, limit: 10)
        decoder.append([0, 0, 0, 11])
        #expect { try decoder.next() } throws: { ($0 as? FramingError)?.code == .tooLong }
        decoder.append([0, 0, 0, 0])
        #expect(throws: FramingError.self) { try decoder.next() }
    }

    @Test func anEndlessVarintIsRefused() {
        var decoder = FrameDecoder(.varint, limit: .max)
        decoder.append([0x80, 0x80, 0x80, 0x80])
        #expect(throws: Never.self) { try decoder.next() }
        decoder.append([0x80])
        #expect { try decoder.next() } throws: { ($0 as? FramingError)?.code == .badLength }
    }

    @Test func aStreamThatEndsInsideAMessageIsRefused() throws {
        var decoder = FrameDecoder(.varint, limit: 10)
        decoder.append([3, 1, 2])
        #expect(try decoder.next() == nil)
        #expect { try decoder.finish() } throws: { ($0 as? FramingError)?.code == .truncated }
    }

    @Test func garbageNeitherTrapsNorGrowsTheBuffer() {
        var generator = SeededRandom(3)
        for _ in 0..<2000 {
            var decoder = FrameDecoder(Bool.random(using: &generator) ? .varint : .fixed32, limit: 64)
            for _ in 0..<20 {
                decoder.append(generator.bytes(Int.random(in: 0..<40, using: &generator)))
                do {
                    while let message = try decoder.next() { #expect(message.count <= 64) }
                } catch { break }
                #expect(decoder.pending <= 64 + 5)
            }
        }
    }

    @Test func segmentDigestsAreOfTheEncoding() throws {
        let segment = WireSegment.with { $0.peers.peers = [.with { $0.node = "a" }] }
        let (bytes, digest) = try segment.encodedWithDigest()
        #expect(digest.count == 32)
        #expect(WireSegment.digest(ofEncoded: bytes) == digest)
        #expect(WireSegment.digest(ofEncoded: bytes + [0]) != digest)
    }
}
