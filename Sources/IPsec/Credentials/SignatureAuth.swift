package import OpenSSL

/// AUTH by a signature (RFC 7296 §2.15, RFC 4754, RFC 7427).
package enum SignatureAuth {
    /// - Parameter peerHashes: What the peer's SIGNATURE_HASH_ALGORITHMS listed; `nil` if it sent none, and so knows no method 14.
    package static func sign(
        _ octets: AuthOctets, by key: SigningKey, _ policy: SignaturePolicy, peerHashes: Set<HashAlgorithm>?
    ) throws(AuthRefusal) -> AuthenticationPayload {
        guard policy.permits(key.kind) else { throw .key(key.kind) }
        guard let peerHashes else { return try signByKind(octets, by: key, policy) }
        guard let scheme = policy.scheme(for: key.kind, peerHashes: peerHashes) else { throw .noCommonHash }
        let signature = try signature(of: octets, by: key, scheme)
        let identifier = SignatureAlgorithm.identifier(of: scheme)
        let signed = DigitalSignature(algorithm: identifier, signature: signature)
        return AuthenticationPayload(.digitalSignature, signed.encoded())
    }

    /// By a method that fixes the algorithm.
    private static func signByKind(
        _ octets: AuthOctets, by key: SigningKey, _ policy: SignaturePolicy
    ) throws(AuthRefusal) -> AuthenticationPayload {
        guard let count = key.kind.coordinateCount else {
            guard policy.permitsPlainRSA else { throw .method(.rsaSignature) }
            return AuthenticationPayload(.rsaSignature, try signature(of: octets, by: key, .rsaPKCS1(.sha1)))
        }
        let (method, scheme) = fixed(for: key.kind)
        let der = try signature(of: octets, by: key, scheme)
        guard let bytes = ECDSASignature.fixed(fromDER: der, coordinateCount: count) else { throw .notSigned }
        return AuthenticationPayload(method, bytes)
    }

    private static func signature(
        of octets: AuthOctets, by key: SigningKey, _ scheme: SignatureScheme
    ) throws(AuthRefusal) -> [UInt8] {
        guard let signature = key.sign(octets.bytes, by: scheme) else { throw .notSigned }
        return signature
    }

    /// The method of RFC 4754 that goes with a curve.
    private static func fixed(for kind: KeyKind) -> (AuthenticationMethod, SignatureScheme) {
        switch kind {
        case .p256: (.ecdsaSHA256P256, .ecdsa(.sha256))
        case .p384: (.ecdsaSHA384P384, .ecdsa(.sha384))
        case .p521: (.ecdsaSHA512P521, .ecdsa(.sha512))
        case .rsa: (.rsaSignature, .rsaPKCS1(.sha1))
        }
    }
}

extension SignatureAuth {
    /// Throws unless `payload` is a signature of the octets by the other half of `key`, in a way that the policy takes.
    package static func verify(
        _ payload: AuthenticationPayload, of octets: AuthOctets, by key: VerificationKey, _ policy: SignaturePolicy
    ) throws(AuthRefusal) {
        guard policy.permits(key.kind) else { throw .key(key.kind) }
        switch payload.method {
        case .digitalSignature: try verifyDigital(payload.data, octets, key, policy)
        case .rsaSignature: try verifyPlainRSA(payload.data, octets, key, policy)
        case .ecdsaSHA256P256, .ecdsaSHA384P384, .ecdsaSHA512P521:
            try verifyECDSA(payload, octets, key)
        default: throw .method(payload.method)
        }
    }

    private static func verifyDigital(
        _ data: [UInt8], _ octets: AuthOctets, _ key: VerificationKey, _ policy: SignaturePolicy
    ) throws(AuthRefusal) {
        guard let signed = try? DigitalSignature.decode(data), !signed.algorithm.isEmpty, !signed.signature.isEmpty
        else { throw .malformed }
        guard let scheme = SignatureAlgorithm.scheme(of: signed.algorithm[...]),
            policy.hashes.contains(where: { DigestAlgorithm($0) == scheme.hash })
        else { throw .algorithm(Array(signed.algorithm.prefix(128))) }
        guard scheme.suits(key.kind) else { throw .key(key.kind) }
        guard key.verifies(signed.signature, of: octets.bytes, by: scheme) else { throw .wrong }
    }

    private static func verifyPlainRSA(
        _ data: [UInt8], _ octets: AuthOctets, _ key: VerificationKey, _ policy: SignaturePolicy
    ) throws(AuthRefusal) {
        guard policy.permitsPlainRSA else { throw .method(.rsaSignature) }
        guard key.kind.isRSA else { throw .key(key.kind) }
        // The hash is named inside the padding alone. SHA-1 is the default of the RFC; the peer signed what our fresh nonce is in.
        let isRight = [.sha256, .sha1, .sha384, .sha512].contains {
            key.verifies(data, of: octets.bytes, by: .rsaPKCS1($0))
        }
        guard isRight else { throw .wrong }
    }

    private static func verifyECDSA(
        _ payload: AuthenticationPayload, _ octets: AuthOctets, _ key: VerificationKey
    ) throws(AuthRefusal) {
        let (method, scheme) = fixed(for: key.kind)
        guard payload.method == method, let count = key.kind.coordinateCount else { throw .key(key.kind) }
        guard let der = ECDSASignature.der(fromFixed: payload.data, coordinateCount: count) else { throw .malformed }
        guard key.verifies(der, of: octets.bytes, by: scheme) else { throw .wrong }
    }
}
