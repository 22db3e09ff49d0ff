internal import CPKCS11

/// Why a token did not sign. The text says where, and what to do.
package struct PKCS11Error: Error, Hashable, CustomStringConvertible {
    package enum Code: Sendable, CaseIterable {
        case badURI, noModule, noSuchToken, noSuchKey, ambiguous, wrongPIN
        /// The module's own error.
        case failed
        /// What it signed does not verify.
        case badSignature
    }

    package let code: Code
    package let description: String

    @inline(never)
    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Of a function that did not return CKR_OK.
    @inline(never)
    init(_ function: String, returned value: UInt) {
        switch value {
        case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE:
            self.init(.wrongPIN, "the token does not take the PIN")
        case CKR_PIN_LOCKED:
            self.init(.wrongPIN, "the token is locked after too many wrong PINs")
        default:
            self.init(.failed, "\(function) returned 0x\(String(value, radix: 16)) (PKCS #11's CKR_ values)")
        }
    }
}
