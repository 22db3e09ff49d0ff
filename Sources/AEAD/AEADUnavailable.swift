/// An implementation that this machine, its libraries or its processor cannot offer, or one that computes wrong.
package struct AEADUnavailable: Error, Sendable, CustomStringConvertible {
    /// For a log line: "this processor has no AES instructions".
    package let reason: String

    package var description: String { reason }
}
