/// Why a certificate, a request for one or a key of theirs was not taken or made.
package struct CertificateError: Error, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case malformed
        /// A key of a kind that is not taken.
        case wrongKey = "wrong-key"
        case badSignature = "bad-signature"
        /// The chain does not lead to a trusted root, or is not in force.
        case untrusted
        /// No SPIFFE id of a node, or more than one.
        case noIdentity = "no-identity"
        /// What was asked for cannot be issued.
        case notIssued = "not-issued"
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
