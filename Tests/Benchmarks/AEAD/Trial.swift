internal import AEAD

/// One implementation, algorithm and batch.
final class Trial {
    private let engine: AEADEngine
    private let algorithm: AEADAlgorithm
    private let key: AEADKey
    private let memory: UnsafeMutableRawBufferPointer
    private let sealing: UnsafeMutableBufferPointer<AEADJob>
    private let opening: UnsafeMutableBufferPointer<AEADJob>
    private var bestSeal = Double.infinity
    private var bestBoth = Double.infinity

    init(_ engine: AEADEngine, _ algorithm: AEADAlgorithm, sizes: [Int], elsewhere: Bool) {
        self.engine = engine
        self.algorithm = algorithm
        let lengths = [32, 20, 36]
        let material = [UInt8](0..<64)
        guard
            let key = lengths.lazy.compactMap({ length in
                material.withUnsafeBytes { AEADKey(algorithm, keyingMaterial: .init(rebasing: $0[..<length])) }
            }).first
        else { preconditionFailure("no key has any of these lengths") }
        self.key = key
        // Plaintext that moves elsewhere and back; in place, all in the first half.
        let stride = 2048
        memory = .allocate(byteCount: 2 * stride * sizes.count, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 1)
        sealing = .allocate(capacity: sizes.count)
        opening = .allocate(capacity: sizes.count)
        guard let base = memory.baseAddress else { return }
        for (index, count) in sizes.enumerated() {
            let first = base + index * stride
            let second = elsewhere ? first + stride * sizes.count : first
            sealing.initializeElement(
                at: index,
                to: AEADJob(source: first, destination: second, count: count, counter: UInt64(index)))
            opening.initializeElement(
                at: index,
                to: AEADJob(source: second, destination: first, count: count, counter: UInt64(index)))
        }
    }

    deinit {
        memory.deallocate()
        sealing.deallocate()
        opening.deallocate()
    }

    /// Seals for `calls` calls, then opens as often: of these only the first finds ciphertext, so each is sealed before it,
    /// and the time that sealing takes is taken off.
    func run(calls: Int) {
        let clock = ContinuousClock()
        let packets = Double(calls * sealing.count)
        let seal = clock.measure { for _ in 0..<calls { engine.seal(sealing, with: key) } } / .nanoseconds(1) / packets
        let both =
            clock.measure {
                for _ in 0..<calls {
                    engine.seal(sealing, with: key)
                    engine.open(opening, with: key)
                }
            } / .nanoseconds(1) / packets
        precondition(opening.allSatisfy(\.isAuthentic))
        bestSeal = min(bestSeal, seal)
        bestBoth = min(bestBoth, both)
    }

    var result: String {
        "\(engine.description)  \(algorithm)  seal \(Int(bestSeal.rounded()))  open \(Int((bestBoth - bestSeal).rounded()))"
    }
}
