import TestRandom
import Testing
import Tunneling
import WireGuard

@Suite struct TAI64NTests {
    @Test func labelOfAKnownInstant() {
        // 1970-01-01 00:00:00 UTC, with the ten seconds of every implementation, and whitened nanoseconds.
        #expect(TAI64N(WallTime(seconds: 0, nanoseconds: 0)).bytes == hex("400000000000000a00000000"))
        #expect(
            TAI64N(WallTime(seconds: 1_800_000_000, nanoseconds: 999_999_999)).bytes == hex("400000006b49d20a3b000000"))
    }

    @Test func bytesComeBack() throws {
        let label = TAI64N(WallTime(seconds: 1_234_567_890, nanoseconds: 123_456_789))
        #expect(TAI64N(label.bytes) == label)
        for count in 0..<40 where count != 12 { #expect(TAI64N([UInt8](repeating: 0, count: count)) == nil) }
        #expect(TAI64N([UInt8](repeating: 255, count: 12)) != nil)
    }

    @Test func ordersAsItsBytesDo() throws {
        var generator = SeededRandom(5)
        for _ in 0..<2000 {
            let a = try #require(TAI64N(generator.bytes(12)))
            let b = try #require(TAI64N(generator.bytes(12)))
            #expect((a < b) == a.bytes.lexicographicallyPrecedes(b.bytes))
        }
    }

    @Test func successorIsGreaterAndWhitened() {
        var label = TAI64N(WallTime(seconds: 100, nanoseconds: 0))
        for _ in 0..<200 {
            let next = label.successor
            #expect(next > label)
            #expect(next.bytes.suffix(3) == [0, 0, 0])
            label = next
        }
        // Sixty steps of 16.8 ms are a second.
        #expect(label < TAI64N(WallTime(seconds: 104, nanoseconds: 0)))
    }

    @Test func stampOfAPeerDoesNotTrapWhenItIsAbsurd() throws {
        let last = try #require(TAI64N([UInt8](repeating: 255, count: 12)))
        #expect(last > TAI64N(WallTime(seconds: .max, nanoseconds: 0)))
    }
}
