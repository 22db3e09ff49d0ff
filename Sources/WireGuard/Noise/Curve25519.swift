package import OpenSSL
internal import Sodium

/// X25519 (RFC 7748) in the form that handshakes use. libsodium's is as fast as OpenSSL's on x86-64, and faster for the public
/// key of a new private key; it has nothing to set up for each operation, which takes OpenSSL a tenth of the time.
package enum Curve25519 {
    package typealias PublicKey = Bytes32

    package struct PrivateKey: Sendable {
        /// 32 bytes, clamped (RFC 7748 §5) as `wg genkey` does, which changes no result.
        package let secret: SecretKey
        package let publicKey: PublicKey

        package init(_ secret: SecretKey) {
            let clamped = SecretKey { out in
                secret.withUnsafeBytes { out.copyMemory(from: $0) }
                out[0] &= 248
                out[31] = out[31] & 127 | 64
            }
            self.secret = clamped
            publicKey = PublicKey { out in clamped.withUnsafeBytes { X25519.multiplyBase(by: $0, into: out) } }
        }

        /// `nil` for a peer's point of small order, whose result would be all zero.
        package func sharedSecret(with peer: PublicKey) -> SecretKey? {
            var isGood = false
            let shared = SecretKey { out in
                secret.withUnsafeBytes { scalar in
                    peer.withUnsafeBytes { isGood = X25519.multiply($0, by: scalar, into: out) }
                }
            }
            return isGood ? shared : nil
        }
    }
}
