internal import COpenSSL

/// The hash functions of IKEv2. SHA-1 is for what RFC 7296 fixes (NAT detection, key identifiers) and for EAP-MSCHAPv2; nothing
/// that is signed or negotiated uses it.
package enum DigestAlgorithm: Sendable, CaseIterable {
    case sha1, sha256, sha384, sha512

    /// The digest's length.
    package var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The hash of the parts, one after the other.
    package func digest(_ parts: [UInt8]...) -> [UInt8] {
        digest { context in
            for part in parts { check(EVP_DigestUpdate(context, part, part.count)) }
        }
    }

    /// The hash of a secret and of the parts after it.
    package func digest(secret: SecretBytes, _ parts: [UInt8]...) -> [UInt8] {
        digest { context in
            secret.withUnsafeBytes { check(EVP_DigestUpdate(context, $0.baseAddress, $0.count)) }
            for part in parts { check(EVP_DigestUpdate(context, part, part.count)) }
        }
    }

    private func digest(of update: (OpaquePointer) -> Void) -> [UInt8] {
        let context = required(EVP_MD_CTX_new(), "memory")
        defer { EVP_MD_CTX_free(context) }
        check(EVP_DigestInit_ex2(context, algorithm, nil))
        update(context)
        var digest = [UInt8](repeating: 0, count: byteCount)
        check(EVP_DigestFinal_ex(context, &digest, nil))
        return digest
    }

    /// As OpenSSL calls it.
    var name: String {
        switch self {
        case .sha1: "SHA1"
        case .sha256: "SHA2-256"
        case .sha384: "SHA2-384"
        case .sha512: "SHA2-512"
        }
    }

    var algorithm: OpaquePointer {
        switch self {
        case .sha1: Self.fetchedSHA1
        case .sha256: Self.fetchedSHA256
        case .sha384: Self.fetchedSHA384
        case .sha512: Self.fetchedSHA512
        }
    }

    // Invariant of `nonisolated(unsafe)`: fetched once and never written; OpenSSL shares algorithm objects between threads.
    nonisolated(unsafe) private static let fetchedSHA1 = DigestAlgorithm.sha1.fetch()
    nonisolated(unsafe) private static let fetchedSHA256 = DigestAlgorithm.sha256.fetch()
    nonisolated(unsafe) private static let fetchedSHA384 = DigestAlgorithm.sha384.fetch()
    nonisolated(unsafe) private static let fetchedSHA512 = DigestAlgorithm.sha512.fetch()

    private func fetch() -> OpaquePointer { required(EVP_MD_fetch(nil, name, nil), name) }
}
