internal import CSodium

/// Ed25519 signatures (RFC 8032), as libsodium checks them: small-order keys and malleable signatures are refused.
package enum Ed25519 {
    package static let seedCount = 32
    package static let publicKeyCount = 32
    package static let signatureCount = 64

    package struct PublicKey: Hashable, Sendable, CustomStringConvertible {
        /// 32 bytes.
        package let bytes: [UInt8]

        /// `nil` unless there are 32 bytes. Whether they are a point is known only when a signature is checked.
        package init?(_ bytes: some Collection<UInt8>) {
            guard bytes.count == publicKeyCount else { return nil }
            self.bytes = Array(bytes)
        }

        /// Whether `signature` is this key's over `message`; false also for a signature that has not 64 bytes.
        package func isValid(_ signature: some Collection<UInt8>, for message: some Collection<UInt8>) -> Bool {
            Sodium.start
            return withBytes(of: signature) { signature, length in
                guard length == signatureCount else { return false }
                return withBytes(of: message) { message, length in
                    crypto_sign_verify_detached(signature, message, UInt64(length), bytes) == 0
                }
            }
        }

        package var description: String { Hex.encode(bytes) }
    }

    package struct PrivateKey: Sendable {
        package let publicKey: PublicKey
        /// Seed and public key, as libsodium signs with them.
        private let expanded: SecretBytes

        package init() {
            self.init(trusted: .random(count: seedCount))
        }

        /// From the 32-byte seed that RFC 8032 calls the private key; `nil` for another length.
        package init?(seed: SecretBytes) {
            guard seed.count == seedCount else { return nil }
            self.init(trusted: seed)
        }

        private init(trusted seed: SecretBytes) {
            var publicKey = [UInt8](repeating: 0, count: publicKeyCount)
            expanded = SecretBytes(
                count: Int(crypto_sign_SECRETKEYBYTES),
                cFill: { secret in
                    seed.withBytePointer { _ = crypto_sign_seed_keypair(&publicKey, secret, $0) }
                })
            self.publicKey = PublicKey(trusted: publicKey)
        }

        /// The 32 bytes that `init(seed:)` takes.
        package var seed: SecretBytes {
            SecretBytes(count: seedCount) { out in
                expanded.withUnsafeBytes { out.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<seedCount])) }
            }
        }

        /// 64 bytes; the same message always gives the same signature.
        package func sign(_ message: some Collection<UInt8>) -> [UInt8] {
            [UInt8](count: signatureCount) { signature in
                withBytes(of: message) { message, length in
                    expanded.withBytePointer { secret in
                        _ = crypto_sign_detached(signature, nil, message, UInt64(length), secret)
                    }
                }
            }
        }
    }
}

extension Ed25519.PublicKey {
    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }
}
