import AEAD
import OpenSSL
import TestRandom
import Testing

/// Every engine against the other one, and against OpenSSL's cipher that handshakes use.
@Suite struct AgreementTests {
    static let batchCounts = [0, 1, 2, 7, 8, 45, 64, 129, 300]

    private func packets(_ count: Int, upTo longest: Int, _ random: inout SeededRandom) -> [Packet] {
        (0..<count).map { _ in
            Packet(
                text: random.bytes(.random(in: 0...longest, using: &random)), counter: random.next(),
                header: random.bytes([0, 0, 8, 12, 33].randomElement(using: &random) ?? 0))
        }
    }

    /// Sealed by one engine and opened by another, at any alignment, in place and elsewhere, without a byte beside changed.
    private func check(_ packets: [Packet], _ algorithm: AEADAlgorithm, _ random: inout SeededRandom) throws {
        let key = try randomKey(algorithm, &random)
        let inPlace = Bool.random(using: &random)
        let skew = Int.random(in: 0...64, using: &random)
        var outputs: [[[UInt8]]] = []
        for kind in AEADEngine.Kind.here {
            let engine = try AEADEngine(kind)
            var batch = Batch(packets, .sealing, inPlace: inPlace, skew: skew)
            batch.run { engine.seal($0, with: key) }
            #expect(batch.othersAreUntouched)
            outputs.append(packets.indices.map(batch.output))
        }
        let first = try #require(outputs.first)
        #expect(outputs.allSatisfy { $0 == first })
        let sealed = zip(packets, first).map { Packet(text: $1, counter: $0.counter, header: $0.header) }
        for kind in AEADEngine.Kind.here {
            let engine = try AEADEngine(kind)
            var batch = Batch(sealed, .opening, inPlace: inPlace, skew: skew)
            batch.run { engine.open($0, with: key) }
            #expect(batch.othersAreUntouched)
            #expect(packets.indices.allSatisfy(batch.isAuthentic))
            #expect(packets.indices.map(batch.output) == packets.map(\.text))
        }
    }

    @Test(arguments: AEADAlgorithm.allCases, batchCounts)
    func enginesAgreeOnBatches(_ algorithm: AEADAlgorithm, _ count: Int) throws {
        var random = SeededRandom(UInt64(count))
        try check(packets(count, upTo: 1500, &random), algorithm, &random)
    }

    @Test(arguments: AEADAlgorithm.allCases)
    func enginesAgreeOnEveryShortLength(_ algorithm: AEADAlgorithm) throws {
        var random = SeededRandom(1)
        let packets = (0...600).map { Packet(text: random.bytes($0), counter: random.next()) }
        try check(packets, algorithm, &random)
    }

    @Test(arguments: AEADAlgorithm.allCases)
    func enginesAgreeOnLongPackets(_ algorithm: AEADAlgorithm) throws {
        var random = SeededRandom(2)
        try check(packets(12, upTo: 65_535, &random), algorithm, &random)
        try check([Packet(text: random.bytes(65_535), counter: .max)], algorithm, &random)
    }

    @Test(arguments: AEADEngine.Kind.here)
    func sealsWhatHandshakesOpen(_ kind: AEADEngine.Kind) throws {
        let secret = SecretKey.random()
        let cipher = ChaCha20Poly1305(.opening, key: secret)
        let engine = try AEADEngine(kind)
        let text = Array("a packet".utf8)
        var sealed = engine.seal(Packet(text: text, counter: 1 << 40), with: AEADKey(secret))
        let isAuthentic = sealed.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { cipher.open($0, count: bytes.count, counter: 1 << 40) }
        }
        #expect(isAuthentic == true)
        #expect(sealed.starts(with: text))
    }
}
