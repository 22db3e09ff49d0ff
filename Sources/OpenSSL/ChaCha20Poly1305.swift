internal import COpenSSL

/// ChaCha20-Poly1305 (RFC 8439) under one key in one direction, its context made once. The nonce is a 64-bit counter, little
/// endian, after four zero bytes, as Noise has it.
///
/// One thread at a time: the context changes with every message.
package final class ChaCha20Poly1305 {
    package enum Direction: Sendable { case sealing, opening }

    package static let tagCount = 16

    // Invariant of `nonisolated(unsafe)`: fetched once and never written.
    nonisolated(unsafe) private static let algorithm = required(
        EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil), "ChaCha20-Poly1305")

    private let context: OpaquePointer

    package init(_ direction: Direction, key: SecretKey) {
        let context = required(EVP_CIPHER_CTX_new(), "memory")
        key.withUnsafeBytes { key in
            let key = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
            switch direction {
            case .sealing: check(EVP_EncryptInit_ex2(context, Self.algorithm, key, nil, nil))
            case .opening: check(EVP_DecryptInit_ex2(context, Self.algorithm, key, nil, nil))
            }
        }
        self.context = context
    }

    /// Encrypts `count` bytes where they lie and writes the tag into the 16 bytes after them. No counter may come twice.
    package func seal(
        _ text: UnsafeMutableRawPointer, count: Int, counter: UInt64,
        authenticating header: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        let bytes = text.assumingMemoryBound(to: UInt8.self)
        var written: Int32 = 0
        withNonce(counter) { check(EVP_EncryptInit_ex2(context, nil, nil, $0, nil)) }
        if !header.isEmpty {
            let header = header.bindMemory(to: UInt8.self)
            check(EVP_EncryptUpdate(context, nil, &written, header.baseAddress, Int32(header.count)))
        }
        if count > 0 { check(EVP_EncryptUpdate(context, bytes, &written, bytes, Int32(count))) }
        check(EVP_EncryptFinal_ex(context, bytes + count, &written))
        check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagCount), bytes + count))
    }

    /// Decrypts in place. `count` includes the tag, which comes last. When it returns `false`, the bytes are worthless.
    package func open(
        _ text: UnsafeMutableRawPointer, count: Int, counter: UInt64,
        authenticating header: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Bool {
        let length = count - Self.tagCount
        guard length >= 0 else { return false }
        let bytes = text.assumingMemoryBound(to: UInt8.self)
        var written: Int32 = 0
        withNonce(counter) { check(EVP_DecryptInit_ex2(context, nil, nil, $0, nil)) }
        check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagCount), bytes + length))
        if !header.isEmpty {
            let header = header.bindMemory(to: UInt8.self)
            check(EVP_DecryptUpdate(context, nil, &written, header.baseAddress, Int32(header.count)))
        }
        if length > 0, EVP_DecryptUpdate(context, bytes, &written, bytes, Int32(length)) != 1 { return false }
        return EVP_DecryptFinal_ex(context, bytes + length, &written) == 1
    }

    @inline(__always)
    private func withNonce(_ counter: UInt64, _ body: (UnsafePointer<UInt8>?) -> Void) {
        let nonce: (UInt64, UInt64) = (0, counter.littleEndian)
        withUnsafeBytes(of: nonce) { body($0.bindMemory(to: UInt8.self).baseAddress.map { $0 + 4 }) }
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }
}
