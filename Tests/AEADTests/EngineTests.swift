import AEAD
import Dispatch
import TestRandom
import Testing

@Suite struct EngineTests {
    @Test func theFastestIsIPsecMBOnX86() {
        let engine = AEADEngine()
        #if arch(x86_64)
            #expect(engine.description.hasPrefix("ipsec-mb 1."))
            #expect(engine.fallbackReason == nil)
        #else
            #expect(engine.description.hasPrefix("OpenSSL 3."))
            #expect(engine.fallbackReason != nil)
        #endif
    }

    @Test func openSSLIsThereForTheAsking() throws {
        #expect(try AEADEngine(.openSSL).description.hasPrefix("OpenSSL 3."))
    }

    @Test(arguments: AEADAlgorithm.allCases)
    func keyingMaterialOfAnotherLengthIsRefused(_ algorithm: AEADAlgorithm) {
        for count in 0...64 {
            let material = [UInt8](repeating: 1, count: count)
            let key = material.withUnsafeBytes { AEADKey(algorithm, keyingMaterial: $0) }
            #expect((key != nil) == (count == algorithm.keyingMaterialCount))
        }
    }

    /// An engine goes from key to key and from algorithm to algorithm, and nothing of one is left for the next.
    @Test(arguments: AEADEngine.Kind.here)
    func keysTakeTurns(_ kind: AEADEngine.Kind) throws {
        var random = SeededRandom(6)
        let engine = try AEADEngine(kind)
        let keys = try (0..<12).map { try randomKey(AEADAlgorithm.allCases[$0 % 3], &random) }
        let packet = Packet(text: random.bytes(200), counter: 5)
        let sealed = keys.map { Packet(text: engine.seal(packet, with: $0), counter: 5) }
        for (index, key) in keys.enumerated() {
            for (other, sealed) in sealed.enumerated() {
                #expect(engine.open(sealed, with: key) == (other == index ? packet.text : nil))
            }
            #expect(engine.seal(packet, with: key) == sealed[index].text)
        }
    }

    @Test(arguments: AEADEngine.Kind.here, AEADAlgorithm.allCases)
    func threadsShareAKey(_ kind: AEADEngine.Kind, _ algorithm: AEADAlgorithm) throws {
        var random = SeededRandom(7)
        let key = try randomKey(algorithm, &random)
        let packets = (0..<64).map { Packet(text: random.bytes(40 * $0), counter: UInt64($0)) }
        let engine = try AEADEngine(kind)
        let expected = packets.map { engine.seal($0, with: key) }
        var failures = [Int](repeating: -1, count: 4)
        failures.withUnsafeMutableBufferPointer { failures in
            nonisolated(unsafe) let failures = failures
            // Each thread writes its own element.
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                guard let engine = try? AEADEngine(kind) else { return }
                var count = 0
                for _ in 0..<20 {
                    var sealing = Batch(packets, .sealing)
                    sealing.run { engine.seal($0, with: key) }
                    if packets.indices.map(sealing.output) != expected { count += 1 }
                }
                failures[thread] = count
            }
        }
        #expect(failures == [0, 0, 0, 0])
    }
}
