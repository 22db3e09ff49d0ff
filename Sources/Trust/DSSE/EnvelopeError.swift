/// Why an envelope was not taken.
package struct EnvelopeError: Error, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// Not an envelope, or larger than one may be.
        case malformed
        /// An envelope of something else than was asked for.
        case wrongType = "wrong-type"
        /// No signature names a key that may sign this.
        case unknownKey = "unknown-key"
        /// Keys that may sign this are named, but too few of their signatures hold.
        case badSignature = "bad-signature"
    }

    package let code: Code
    package let reason: String

    package var description: String { "\(code.rawValue): \(reason)" }

    @inline(never)
    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
