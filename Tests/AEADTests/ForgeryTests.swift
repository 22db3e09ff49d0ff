import AEAD
import TestRandom
import Testing

@Suite struct ForgeryTests {
    struct Sample {
        let engine: AEADEngine
        let key: AEADKey
        let packet: Packet
        /// The same packet, sealed.
        let sealed: Packet

        init(_ kind: AEADEngine.Kind, _ algorithm: AEADAlgorithm, count: Int = 100) throws {
            var random = SeededRandom(3)
            engine = try AEADEngine(kind)
            key = try randomKey(algorithm, &random)
            packet = Packet(text: random.bytes(count), counter: 77, header: random.bytes(12))
            sealed = Packet(text: engine.seal(packet, with: key), counter: 77, header: packet.header)
        }
    }

    @Test(arguments: AEADEngine.Kind.here, AEADAlgorithm.allCases)
    func everyChangedBitIsNoticed(_ kind: AEADEngine.Kind, _ algorithm: AEADAlgorithm) throws {
        let sample = try Sample(kind, algorithm)
        for bit in 0..<sample.sealed.text.count * 8 {
            var forged = sample.sealed
            forged.text[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(sample.engine.open(forged, with: sample.key) == nil)
        }
        #expect(sample.engine.open(sample.sealed, with: sample.key) == sample.packet.text)
    }

    @Test(arguments: AEADEngine.Kind.here, AEADAlgorithm.allCases)
    func anotherHeaderCounterOrKeyIsRefused(_ kind: AEADEngine.Kind, _ algorithm: AEADAlgorithm) throws {
        let sample = try Sample(kind, algorithm)
        var forged = sample.sealed
        forged.header[11] ^= 0x80
        #expect(sample.engine.open(forged, with: sample.key) == nil)
        forged = sample.sealed
        forged.header = []
        #expect(sample.engine.open(forged, with: sample.key) == nil)
        for bit in 0..<64 {
            forged = sample.sealed
            forged.counter ^= 1 << UInt64(bit)
            #expect(sample.engine.open(forged, with: sample.key) == nil)
        }
        var random = SeededRandom(4)
        #expect(sample.engine.open(sample.sealed, with: try randomKey(algorithm, &random)) == nil)
    }

    @Test(arguments: AEADEngine.Kind.here, [AEADAlgorithm.saltedChaCha20Poly1305, .aes128GCM, .aes256GCM])
    func theSaltIsPartOfTheKey(_ kind: AEADEngine.Kind, _ algorithm: AEADAlgorithm) throws {
        var material = [UInt8](repeating: 9, count: algorithm.keyingMaterialCount)
        let engine = try AEADEngine(kind)
        let sealed = engine.seal(Packet(text: [1, 2, 3], counter: 1), with: try key(algorithm, material))
        material[material.count - 1] ^= 1
        #expect(engine.open(Packet(text: sealed, counter: 1), with: try key(algorithm, material)) == nil)
    }

    @Test(arguments: AEADEngine.Kind.here, AEADAlgorithm.allCases)
    func forgeriesAreZeroedAndLeaveTheirBatchAlone(_ kind: AEADEngine.Kind, _ algorithm: AEADAlgorithm) throws {
        let engine = try AEADEngine(kind)
        for inPlace in [true, false] {
            var random = SeededRandom(5)
            let key = try randomKey(algorithm, &random)
            let packets = (0..<45).map { Packet(text: random.bytes($0 * 31), counter: UInt64($0)) }
            var sealed = packets.map { Packet(text: engine.seal($0, with: key), counter: $0.counter) }
            for index in stride(from: 0, to: 45, by: 4) { sealed[index].text[index * 31 + 15] ^= 1 }
            var batch = Batch(sealed, .opening, inPlace: inPlace)
            batch.run { engine.open($0, with: key) }
            for (index, packet) in packets.enumerated() {
                let isForged = index % 4 == 0
                #expect(batch.isAuthentic(index) == !isForged)
                let expected = isForged ? [UInt8](repeating: 0, count: packet.text.count) : packet.text
                #expect(batch.output(index) == expected)
            }
            #expect(batch.othersAreUntouched)
        }
    }
}
