/// Why a token or a key in text was not taken.
package struct TokenError: Error, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case malformed
        /// Signed by a key that is none of those that may sign it.
        case unknownKey = "unknown-key"
        case badSignature = "bad-signature"
        case expired
        case notYetValid = "not-yet-valid"
        case wrongTenant = "wrong-tenant"
        case wrongNode = "wrong-node"
        /// Whoever shows it has not the secret half of its key.
        case wrongHolder = "wrong-holder"
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
