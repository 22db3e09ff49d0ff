internal import CSodium

/// The stream cipher XChaCha20 (draft-irtf-cfrg-xchacha), which authenticates nothing: for formats that bring their own tag.
package enum XChaCha20 {
    package static let keyCount = 32
    package static let nonceCount = 24

    /// Encrypts and decrypts.
    /// - Parameters:
    ///   - nonce: 24 bytes.
    ///   - key: 32 bytes.
    package static func apply(to text: SecretBytes, nonce: [UInt8], key: SecretBytes) -> SecretBytes {
        precondition(nonce.count == nonceCount && key.count == keyCount, "XChaCha20 takes 32 and 24 bytes")
        let count = text.count
        return SecretBytes(
            count: count,
            cFill: { out in
                text.withBytePointer { text in
                    key.withBytePointer { _ = crypto_stream_xchacha20_xor(out, text, UInt64(count), nonce, $0) }
                }
            })
    }
}
