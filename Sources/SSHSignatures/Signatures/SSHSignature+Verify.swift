internal import OpenSSL
internal import Sodium

extension SSHSignature {
    /// What git signs commits and tags for.
    package static let gitNamespace = "git"

    /// Whether this is `key`'s signature of `message`, made for `namespace`: returns where it is, throws where not.
    ///
    /// A security key must have been touched. Costs a hash of the message and one public-key operation.
    package func verify(
        _ message: [UInt8], for namespace: String = gitNamespace, by key: SSHKey
    ) throws(SSHSignatureRefusal) {
        guard self.namespace == namespace else { throw .wrongNamespace(self.namespace) }
        guard keyBlob == key.blob else { throw .wrongKey }
        let data = hash.signedData(of: message, namespace: namespace)
        guard try key.verifies(value, of: data) else { throw .wrongSignature }
        guard value.presence?.isUserPresent ?? true else { throw .nobodyPresent }
    }

    /// As `verify(_:for:by:)`, with the key that the signature brings: says who signed, nothing of who that is.
    package func verify(
        _ message: [UInt8], for namespace: String = gitNamespace
    ) throws(SSHSignatureRefusal) -> SSHKey {
        let key: SSHKey
        do throws(SSHKeyRefusal) {
            key = try SSHKey(blob: keyBlob)
        } catch {
            throw .key(error)
        }
        try verify(message, for: namespace, by: key)
        return key
    }

    /// Of the authenticator that signed; `nil` of keys that are in none.
    package var presence: SecurityKeyPresence? { value.presence }
}

extension SSHKey {
    fileprivate func verifies(_ signature: SSHSignature.Value, of data: [UInt8]) throws(SSHSignatureRefusal) -> Bool {
        var message = data
        if let presence = signature.presence {
            // PROTOCOL.u2f: what an authenticator signs.
            message =
                DigestAlgorithm.sha256.digest(application) + presence.encoded + DigestAlgorithm.sha256.digest(data)
        }
        switch material {
        case .ed25519(let key):
            guard signature.algorithm == algorithm.rawValue else { throw .wrongAlgorithm(signature.algorithm) }
            return key.isValid(signature.bytes, for: message)
        case .openSSL(let key):
            guard let curve = algorithm.curve else {
                let scheme = try Self.rsaScheme(signature.algorithm)
                return key.verifies(try padded(signature.bytes, for: key), of: message, by: scheme)
            }
            guard signature.algorithm == algorithm.rawValue else { throw .wrongAlgorithm(signature.algorithm) }
            return key.verifies(try curve.der(signature.bytes), of: message, by: .ecdsa(curve.hash))
        }
    }

    /// RFC 8332 §3.
    private static func rsaScheme(_ name: String) throws(SSHSignatureRefusal) -> SignatureScheme {
        switch name {
        case "rsa-sha2-256": return .rsaPKCS1(.sha256)
        case "rsa-sha2-512": return .rsaPKCS1(.sha512)
        case SSHKeyAlgorithm.rsa.rawValue: throw .sha1
        default: throw .wrongAlgorithm(name)
        }
    }

    /// As long as the modulus: some signers leave out leading zeros, and OpenSSH takes that.
    private func padded(_ signature: [UInt8], for key: VerificationKey) throws(SSHSignatureRefusal) -> [UInt8] {
        guard case .rsa(let bits) = key.kind else { return signature }
        let count = (bits + 7) / 8
        guard signature.count <= count else { throw .malformed }
        return [UInt8](repeating: 0, count: count - signature.count) + signature
    }
}

extension SSHCurve {
    /// The DER of a signature that is written as two numbers (RFC 5656 §3.1.2).
    fileprivate func der(_ signature: [UInt8]) throws(SSHSignatureRefusal) -> [UInt8] {
        var reader = SSHReader(signature)
        let count = kind.coordinateCount ?? 0
        var fixed: [UInt8] = []
        for _ in 0..<2 {
            guard let number = reader.unsignedInteger(), number.count <= count else { throw .malformed }
            fixed += [UInt8](repeating: 0, count: count - number.count) + number
        }
        guard reader.isAtEnd, let der = ECDSASignature.der(fromFixed: fixed, coordinateCount: count) else {
            throw .malformed
        }
        return der
    }
}
