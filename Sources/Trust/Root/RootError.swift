/// Why a root document was not taken.
package struct RootError: Error, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// Not a root document, or one that contradicts itself.
        case malformed
        /// Its payload is not the one that was pinned.
        case wrongPin = "wrong-pin"
        /// Signed by too few of the keys that it needs.
        case badSignature = "bad-signature"
        /// Not the version that follows the trusted one.
        case wrongVersion = "wrong-version"
        /// For another trust domain than the trusted root.
        case wrongTrustDomain = "wrong-trust-domain"
        /// Its time is over.
        case expired
    }

    package let code: Code
    package let reason: String

    package var description: String { "root document: \(code.rawValue): \(reason)" }

    @inline(never)
    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
