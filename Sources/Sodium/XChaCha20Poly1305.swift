internal import CSodium

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): its nonce is long enough to be drawn at random. WireGuard's cookies.
package enum XChaCha20Poly1305 {
    package static let keyCount = 32
    package static let nonceCount = 24
    package static let tagCount = 16

    /// The ciphertext with its tag; `nil` unless key and nonce have their lengths.
    package static func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], authenticating header: [UInt8]
    ) -> [UInt8]? {
        guard key.count == keyCount, nonce.count == nonceCount else { return nil }
        return [UInt8](count: plaintext.count + tagCount) { out in
            _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
                out, nil, plaintext, UInt64(plaintext.count), header, UInt64(header.count), nil, nonce, key)
        }
    }

    /// `nil` when it does not verify, or a length is wrong.
    package static func open(
        _ ciphertext: [UInt8], key: [UInt8], nonce: [UInt8], authenticating header: [UInt8]
    ) -> [UInt8]? {
        guard key.count == keyCount, nonce.count == nonceCount, ciphertext.count >= tagCount else { return nil }
        var status: Int32 = -1
        let plaintext = [UInt8](unsafeUninitializedCapacity: ciphertext.count - tagCount) { out, count in
            status = crypto_aead_xchacha20poly1305_ietf_decrypt(
                out.baseAddress, nil, nil, ciphertext, UInt64(ciphertext.count), header, UInt64(header.count), nonce,
                key)
            count = status == 0 ? ciphertext.count - tagCount : 0
        }
        return status == 0 ? plaintext : nil
    }
}
