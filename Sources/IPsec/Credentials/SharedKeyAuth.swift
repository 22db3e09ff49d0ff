package import OpenSSL

/// AUTH by a secret of both sides: a pre-shared key, or the MSK of an EAP method (RFC 7296 §2.15, §2.16).
package enum SharedKeyAuth {
    package static func sign(_ octets: AuthOctets, by secret: SecretBytes) -> AuthenticationPayload {
        AuthenticationPayload(.sharedKey, code(octets, secret))
    }

    package static func verify(
        _ payload: AuthenticationPayload, of octets: AuthOctets, by secret: SecretBytes
    ) throws(AuthRefusal) {
        guard payload.method == .sharedKey else { throw .method(payload.method) }
        let expected = code(octets, secret)
        let isEqual = expected.withUnsafeBytes { a in payload.data.withUnsafeBytes { constantTimeEquals(a, $0) } }
        guard isEqual else { throw .wrong }
    }

    /// prf(prf(secret, "Key Pad for IKEv2"), octets).
    private static func code(_ octets: AuthOctets, _ secret: SecretBytes) -> [UInt8] {
        let key = octets.prf.secret(key: secret, keyPad)
        return octets.prf.compute(key: key, octets.bytes)
    }

    private static let keyPad = SecretBytes(copying: Array("Key Pad for IKEv2".utf8))
}
