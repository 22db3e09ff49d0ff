internal import Addressing

/// SipHash-1-3 of flow keys: whoever does not know the key cannot choose flows that fall into one chain.
struct KeyedHash {
    private let key0: UInt64
    private let key1: UInt64

    init(_ key: (UInt64, UInt64)) {
        (key0, key1) = key
    }

    @inline(__always)
    func of(_ key: FlowKey) -> UInt64 {
        let rest =
            UInt64(key.lowPort) << 48 | UInt64(key.highPort) << 32 | UInt64(key.protocolNumber) << 8
            | UInt64(key.family.rawValue)
        return of(key.low, key.high, rest, isV4: key.family == .v4)
    }

    @inline(__always)
    func of(_ a: UInt128, _ b: UInt128, _ rest: UInt64, isV4: Bool) -> UInt64 {
        var state = State(key0, key1)
        if isV4 {
            state.add(UInt64(truncatingIfNeeded: a) << 32 | UInt64(truncatingIfNeeded: b))
        } else {
            state.add(UInt64(truncatingIfNeeded: a))
            state.add(UInt64(truncatingIfNeeded: a >> 64))
            state.add(UInt64(truncatingIfNeeded: b))
            state.add(UInt64(truncatingIfNeeded: b >> 64))
        }
        state.add(rest)
        return state.finish()
    }

    private struct State {
        var v0: UInt64, v1: UInt64, v2: UInt64, v3: UInt64

        @inline(__always)
        init(_ key0: UInt64, _ key1: UInt64) {
            v0 = key0 ^ 0x736F_6D65_7073_6575
            v1 = key1 ^ 0x646F_7261_6E64_6F6D
            v2 = key0 ^ 0x6C79_6765_6E65_7261
            v3 = key1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func add(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }

        @inline(__always)
        mutating func finish() -> UInt64 {
            v2 ^= 0xFF
            round()
            round()
            round()
            return v0 ^ v1 ^ v2 ^ v3
        }

        @inline(__always)
        private mutating func round() {
            v0 &+= v1
            v1 = Self.rotate(v1, 13) ^ v0
            v0 = Self.rotate(v0, 32)
            v2 &+= v3
            v3 = Self.rotate(v3, 16) ^ v2
            v0 &+= v3
            v3 = Self.rotate(v3, 21) ^ v0
            v2 &+= v1
            v1 = Self.rotate(v1, 17) ^ v2
            v2 = Self.rotate(v2, 32)
        }

        @inline(__always)
        private static func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 {
            word &<< bits | word &>> (64 - bits)
        }
    }
}
