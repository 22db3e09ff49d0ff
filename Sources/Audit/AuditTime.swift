package import Manifests

/// A date as on the command line: RFC 3339, or a day alone.
package struct AuditTime: Sendable, Hashable {
    /// The first second of what is meant.
    package let first: Timestamp
    /// The last one.
    package let last: Timestamp

    /// `nil`: it is no date. Days are of UTC.
    package init?(_ text: String) {
        if let time = Timestamp(text) {
            (first, last) = (time, time)
        } else if text.utf8.count == 10, let day = Timestamp("\(text)T00:00:00Z") {
            (first, last) = (day, day.adding(seconds: 86399))
        } else {
            return nil
        }
    }
}
