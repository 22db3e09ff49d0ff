package import Tunneling

/// A TAI64N label (12 bytes, big endian) that orders a peer's initiations (paper §5.1).
package struct TAI64N: Hashable, Comparable, Sendable {
    package static let byteCount = 12
    /// The label of 1970 with the ten seconds that TAI was ahead then, as every implementation has it.
    private static let epoch: UInt64 = 0x4000_0000_0000_000A
    /// The low bits of the nanoseconds are cleared, so that the label is no precise clock for an observer.
    private static let granularity: UInt32 = 1 << 24

    private let seconds: UInt64
    private let nanoseconds: UInt32

    package static let zero = TAI64N(seconds: 0, nanoseconds: 0)

    private init(seconds: UInt64, nanoseconds: UInt32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package init(_ time: WallTime) {
        seconds = Self.epoch &+ UInt64(bitPattern: time.seconds)
        nanoseconds = time.nanoseconds & ~(Self.granularity - 1)
    }

    /// `nil` unless there are 12 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        seconds = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        nanoseconds = bytes[8...].reduce(0) { $0 << 8 | UInt32($1) }
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: seconds.bigEndian) { Array($0) } + withUnsafeBytes(of: nanoseconds.bigEndian) { Array($0) }
    }

    /// The next label that a whitened clock can give.
    package var successor: TAI64N {
        let next = nanoseconds + Self.granularity
        return next < 1_000_000_000
            ? TAI64N(seconds: seconds, nanoseconds: next) : TAI64N(seconds: seconds &+ 1, nanoseconds: 0)
    }

    package static func < (a: TAI64N, b: TAI64N) -> Bool {
        a.seconds == b.seconds ? a.nanoseconds < b.nanoseconds : a.seconds < b.seconds
    }
}
