/// Lengths of time for people: two units, the way `uptime` has them.
enum TimeText {
    static func span(_ seconds: UInt64) -> String {
        switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3_600: "\(seconds / 60)m \(seconds % 60)s"
        case ..<86_400: "\(seconds / 3_600)h \(seconds % 3_600 / 60)m"
        default: "\(seconds / 86_400)d \(seconds % 86_400 / 3_600)h"
        }
    }

    /// How old an SA is, and how long it has.
    static func life(_ age: UInt64, _ rekeyIn: UInt64?) -> String {
        "age \(span(age)), " + (rekeyIn.map { "rekey in \(span($0))" } ?? "being rekeyed")
    }
}

/// Amounts of data for people, as `wg show` has them.
enum ByteText {
    private static let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    static func size(_ bytes: UInt64) -> String {
        guard bytes >= 1_024 else { return "\(bytes) B" }
        let power = min((bytes.bitWidth - bytes.leadingZeroBitCount - 1) / 10, units.count)
        // In hundredths of the unit, rounded down: nobody reads a MiB that is not full.
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: 1 << (10 * UInt64(power)))
        let hundredths = (rest >> (10 * UInt64(power - 1))) * 100 / 1_024
        return "\(whole).\(hundredths < 10 ? "0" : "")\(hundredths) \(units[power - 1])"
    }
}
