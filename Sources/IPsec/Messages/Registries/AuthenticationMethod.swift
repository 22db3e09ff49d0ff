/// How a peer proves who it is (RFC 7296 §3.8).
package struct AuthenticationMethod: Registered {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let rsaSignature = AuthenticationMethod(rawValue: 1)
    package static let sharedKey = AuthenticationMethod(rawValue: 2)
    /// RFC 4754.
    package static let ecdsaSHA256P256 = AuthenticationMethod(rawValue: 9)
    package static let ecdsaSHA384P384 = AuthenticationMethod(rawValue: 10)
    package static let ecdsaSHA512P521 = AuthenticationMethod(rawValue: 11)
    /// RFC 7619.
    package static let null = AuthenticationMethod(rawValue: 13)
    /// RFC 7427: the data names the algorithm.
    package static let digitalSignature = AuthenticationMethod(rawValue: 14)

    package var name: String? {
        switch self {
        case .rsaSignature: "RSA_SIGNATURE"
        case .sharedKey: "SHARED_KEY_MIC"
        case .ecdsaSHA256P256: "ECDSA_SHA256_P256"
        case .ecdsaSHA384P384: "ECDSA_SHA384_P384"
        case .ecdsaSHA512P521: "ECDSA_SHA512_P521"
        case .null: "NULL_AUTHENTICATION"
        case .digitalSignature: "DIGITAL_SIGNATURE"
        default: nil
        }
    }
}
