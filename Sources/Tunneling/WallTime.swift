/// A time of day: seconds and nanoseconds since 1970, UTC.
package struct WallTime: Hashable, Comparable, Sendable {
    package let seconds: Int64
    /// 0..<1,000,000,000
    package let nanoseconds: UInt32

    package init(seconds: Int64, nanoseconds: UInt32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static func < (a: WallTime, b: WallTime) -> Bool {
        a.seconds == b.seconds ? a.nanoseconds < b.nanoseconds : a.seconds < b.seconds
    }
}
