internal import Glibc
internal import PacketIO

/// When how much is to be done for a steady rate: little and often, after a sleep. Who comes too late because others have
/// the processor does not make up for more than a few milliseconds: a burst would be lost for being one.
struct Pacer {
    /// Between two looks at the clock.
    private static let interval: UInt64 = 250_000
    private static let mostArrears = 2_000_000.0

    private let perNanosecond: Double
    private let end: MonotonicTime
    private var last: MonotonicTime
    private var credit = 0.0
    let start: MonotonicTime

    init(perSecond rate: Double, seconds: Double) {
        perNanosecond = rate / 1e9
        start = .now
        last = start
        end = MonotonicTime(nanoseconds: start.nanoseconds + UInt64(seconds * 1e9))
    }

    /// Waits; then how many are due, at most `limit`, or `nil` at the end.
    mutating func next(limit: Int) -> Int? {
        while true {
            let now = MonotonicTime.now
            guard now < end else { return nil }
            credit += Double(now.nanoseconds(since: last)) * perNanosecond
            credit = min(credit, max(1, Self.mostArrears * perNanosecond))
            last = now
            let due = min(Int(credit), limit)
            if due > 0 {
                credit -= Double(due)
                return due
            }
            let untilOne = UInt64((1 - credit) / perNanosecond)
            Self.sleep(until: MonotonicTime(nanoseconds: now.nanoseconds + max(Self.interval, untilOne)))
        }
    }

    static func sleep(until time: MonotonicTime) {
        var time = timespec(
            tv_sec: Int(time.nanoseconds / 1_000_000_000), tv_nsec: Int(time.nanoseconds % 1_000_000_000))
        // A signal ends this program.
        clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &time, nil)
    }

    static func sleep(milliseconds: UInt64) {
        sleep(until: MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + milliseconds * 1_000_000))
    }
}
