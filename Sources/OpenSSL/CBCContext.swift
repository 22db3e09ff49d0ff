internal import COpenSSL

/// AES in CBC mode without padding, in one direction, its context made once and keyed as often as wanted. It hides and does not
/// authenticate: a MAC over what it made goes with it (RFC 3602, RFC 7296 §3.14).
///
/// One thread at a time: the context changes with every message.
package final class CBCContext {
    package enum Algorithm: Sendable, CaseIterable {
        case aes128, aes256

        package var keyCount: Int { self == .aes128 ? 16 : 32 }
    }

    package enum Direction: Sendable { case encrypting, decrypting }

    /// Bytes of a block, and of an initialisation vector.
    package static let blockCount = 16

    // Invariant of `nonisolated(unsafe)`: fetched once and never written.
    nonisolated(unsafe) private static let aes128 = required(EVP_CIPHER_fetch(nil, "AES-128-CBC", nil), "AES-128-CBC")
    nonisolated(unsafe) private static let aes256 = required(EVP_CIPHER_fetch(nil, "AES-256-CBC", nil), "AES-256-CBC")

    private let context = required(EVP_CIPHER_CTX_new(), "memory")

    /// Without a key yet.
    package init(_ algorithm: Algorithm, _ direction: Direction) {
        let cipher = algorithm == .aes128 ? Self.aes128 : Self.aes256
        check(EVP_CipherInit_ex2(context, cipher, nil, nil, direction == .encrypting ? 1 : 0, nil))
        check(EVP_CIPHER_CTX_set_padding(context, 0))
    }

    /// Takes as many bytes from `key` as the algorithm's keys have.
    package func setKey(_ key: UnsafeRawPointer) {
        check(EVP_CipherInit_ex2(context, nil, key.assumingMemoryBound(to: UInt8.self), nil, -1, nil))
    }

    /// Encrypts or decrypts `count` bytes, a multiple of 16, by a vector of 16 bytes. Source and destination are the same or do
    /// not overlap.
    package func process(
        _ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int, vector: UnsafeRawPointer
    ) {
        precondition(count.isMultiple(of: Self.blockCount), "not whole blocks")
        var written: Int32 = 0
        check(EVP_CipherInit_ex2(context, nil, nil, vector.assumingMemoryBound(to: UInt8.self), -1, nil))
        guard count > 0 else { return }
        check(
            EVP_CipherUpdate(
                context, destination.assumingMemoryBound(to: UInt8.self), &written,
                source.assumingMemoryBound(to: UInt8.self), Int32(count)))
    }

    deinit {
        // Wipes the key.
        EVP_CIPHER_CTX_free(context)
    }
}
