/// A reading of a monotonic clock, in nanoseconds since whatever the clock counts from. It may run on while the machine
/// sleeps (`CLOCK_BOOTTIME`), which is what keys that grow old need.
@frozen
package struct Instant: Hashable, Comparable, Sendable {
    package let nanoseconds: UInt64

    @inlinable
    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Later than every deadline.
    package static let never = Instant(nanoseconds: .max)

    @inlinable
    package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    @inlinable
    package static func + (instant: Instant, span: Span) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return overflow ? .never : Instant(nanoseconds: sum)
    }

    /// The time since `earlier`; zero when that is later.
    @inlinable
    package static func - (later: Instant, earlier: Instant) -> Span {
        Span(nanoseconds: later.nanoseconds > earlier.nanoseconds ? later.nanoseconds - earlier.nanoseconds : 0)
    }

    /// A length of time in nanoseconds; cheaper than `Duration` and never negative.
    @frozen
    package struct Span: Hashable, Comparable, Sendable {
        package let nanoseconds: UInt64

        @inlinable
        package init(nanoseconds: UInt64) {
            self.nanoseconds = nanoseconds
        }

        @inlinable package var milliseconds: UInt64 { nanoseconds / 1_000_000 }

        @inlinable package static func seconds(_ count: UInt64) -> Span { Span(nanoseconds: count * 1_000_000_000) }
        @inlinable package static func milliseconds(_ count: UInt64) -> Span { Span(nanoseconds: count * 1_000_000) }
        @inlinable package static func < (a: Span, b: Span) -> Bool { a.nanoseconds < b.nanoseconds }
        @inlinable package static func + (a: Span, b: Span) -> Span { Span(nanoseconds: a.nanoseconds + b.nanoseconds) }
    }
}
