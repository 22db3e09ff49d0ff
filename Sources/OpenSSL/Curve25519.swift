internal import COpenSSL

/// X25519 (RFC 7748) by OpenSSL, which on x86-64 is the fastest at hand: the Diffie-Hellman of WireGuard's handshakes.
package enum Curve25519 {
    package typealias PublicKey = Bytes32

    /// A private key in the form that OpenSSL computes with. OpenSSL wipes its copy.
    package final class PrivateKey: @unchecked Sendable {
        // Invariant for `@unchecked Sendable`: the key is never changed, and OpenSSL counts references atomically.
        private let key: OpaquePointer
        /// 32 bytes, clamped (RFC 7748 §5) as `wg genkey` does, which changes no result.
        package let secret: SecretKey
        package let publicKey: PublicKey

        package init(_ secret: SecretKey) {
            let clamped = SecretKey { out in
                secret.withUnsafeBytes { out.copyMemory(from: $0) }
                out[0] &= 248
                out[31] = out[31] & 127 | 64
            }
            let key = clamped.withUnsafeBytes { bytes in
                let bytes = bytes.bindMemory(to: UInt8.self)
                return required(
                    EVP_PKEY_new_raw_private_key_ex(nil, "X25519", nil, bytes.baseAddress, bytes.count), "X25519")
            }
            self.key = key
            self.secret = clamped
            publicKey = PublicKey { out in
                var count = out.count
                check(EVP_PKEY_get_raw_public_key(key, out.baseAddress?.assumingMemoryBound(to: UInt8.self), &count))
            }
        }

        /// `nil` for a peer's point of small order, whose result would be all zero.
        package func sharedSecret(with peer: PublicKey) -> SecretKey? {
            let peerKey = peer.withUnsafeBytes { bytes in
                let bytes = bytes.bindMemory(to: UInt8.self)
                return EVP_PKEY_new_raw_public_key_ex(nil, "X25519", nil, bytes.baseAddress, bytes.count)
            }
            let context = required(EVP_PKEY_CTX_new_from_pkey(nil, key, nil), "memory")
            defer {
                EVP_PKEY_CTX_free(context)
                EVP_PKEY_free(peerKey)
            }
            check(EVP_PKEY_derive_init(context))
            var status: Int32 = 0
            let secret = SecretKey { out in
                var count = out.count
                guard EVP_PKEY_derive_set_peer_ex(context, peerKey, 0) == 1 else { return }
                status = EVP_PKEY_derive(context, out.baseAddress?.assumingMemoryBound(to: UInt8.self), &count)
            }
            guard status == 1 else {
                // The refusal left an entry in this thread's queue of errors.
                ERR_clear_error()
                return nil
            }
            return secret
        }

        deinit {
            EVP_PKEY_free(key)
        }
    }
}
