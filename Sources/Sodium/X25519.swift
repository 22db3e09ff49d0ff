internal import CSodium

/// Diffie-Hellman on Curve25519 (RFC 7748): the keys of WireGuard, of enrolment proofs and of sealed boxes.
package enum X25519 {
    package static let keyCount = 32

    package struct PublicKey: Hashable, Sendable, CustomStringConvertible {
        /// 32 bytes.
        package let bytes: [UInt8]

        /// `nil` unless there are 32 bytes.
        package init?(_ bytes: some Collection<UInt8>) {
            guard bytes.count == keyCount else { return nil }
            self.bytes = Array(bytes)
        }

        /// From the base64 text that `wg pubkey` prints.
        package init?(base64: String) {
            guard let bytes = Base64.decode(base64) else { return nil }
            self.init(bytes)
        }

        /// As `wg` shows it.
        package var base64: String { Base64.encode(bytes) }

        package var description: String { base64 }
    }

    package struct PrivateKey: Sendable {
        /// 32 bytes, clamped.
        package let bytes: SecretBytes
        package let publicKey: PublicKey

        package init() {
            self.init(trusted: .random(count: keyCount))
        }

        /// `nil` unless there are 32 bytes. They are clamped (RFC 7748 §5), as `wg genkey` does, which changes no result.
        package init?(_ bytes: SecretBytes) {
            guard bytes.count == keyCount else { return nil }
            self.init(trusted: bytes)
        }

        private init(trusted bytes: SecretBytes) {
            let clamped = SecretBytes(count: keyCount) { out in
                bytes.withUnsafeBytes { out.copyMemory(from: $0) }
                out[0] &= 248
                out[31] = out[31] & 127 | 64
            }
            var publicKey = [UInt8](repeating: 0, count: keyCount)
            clamped.withBytePointer { _ = crypto_scalarmult_base(&publicKey, $0) }
            self.bytes = clamped
            self.publicKey = PublicKey(trusted: publicKey)
        }

        /// X25519 of this key and a peer's; `nil` for a peer's point of small order, whose result would be all zero.
        package func sharedSecret(with peer: PublicKey) -> SecretBytes? {
            var status: Int32 = -1
            let secret = SecretBytes(
                count: keyCount,
                cFill: { out in bytes.withBytePointer { status = crypto_scalarmult(out, $0, peer.bytes) } })
            return status == 0 ? secret : nil
        }
    }
}

extension X25519.PublicKey {
    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }
}

// MARK: - On the caller's memory

extension X25519 {
    /// Writes the public key of a private key, 32 bytes each. Nothing is allocated.
    package static func multiplyBase(by scalar: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) {
        Sodium.start
        _ = crypto_scalarmult_base(key(in: out), key(in: scalar))
    }

    /// Writes the shared secret of a public and a private key, 32 bytes each; `false` for a point of small order. Nothing is
    /// allocated.
    package static func multiply(
        _ point: UnsafeRawBufferPointer, by scalar: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer
    ) -> Bool {
        Sodium.start
        return crypto_scalarmult(key(in: out), key(in: scalar), key(in: point)) == 0
    }

    private static func key(in buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8> {
        guard let base = buffer.baseAddress, buffer.count == keyCount else { preconditionFailure("not 32 bytes") }
        return base.assumingMemoryBound(to: UInt8.self)
    }

    private static func key(in buffer: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutablePointer(mutating: key(in: UnsafeRawBufferPointer(buffer)))
    }
}
