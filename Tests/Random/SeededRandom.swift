/// SplitMix64: the same seed, the same run.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Always the same ones.
    package static func bytes(_ count: Int) -> [UInt8] {
        var random = SeededRandom(UInt64(count))
        return random.bytes(count)
    }

    /// True so many times of all, on the average.
    package mutating func chance(_ count: Int, in all: Int) -> Bool { Int.random(in: 0..<all, using: &self) < count }
}
