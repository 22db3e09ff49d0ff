/// The key derivation of Noise and WireGuard: HKDF (RFC 5869) with HMAC-BLAKE2s, without info, one to three keys.
package enum KeyDerivation {
    /// KDF1 of the WireGuard paper, §5.4.
    package static func one(_ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer) -> SecretKey {
        first(BLAKE2s.HMAC(), chainingKey, input)
    }

    /// KDF2.
    package static func two(_ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer) -> (SecretKey, SecretKey) {
        let hmac = BLAKE2s.HMAC()
        let first = first(hmac, chainingKey, input)
        return (first, next(hmac, after: first, 2))
    }

    /// KDF3.
    package static func three(
        _ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer
    ) -> (SecretKey, SecretKey, SecretKey) {
        let hmac = BLAKE2s.HMAC()
        let first = first(hmac, chainingKey, input)
        let second = next(hmac, after: first, 2)
        return (first, second, next(hmac, after: second, 3))
    }

    /// Extracts a secret, and expands the first key from it. `hmac` has the secret as its key afterwards.
    private static func first(
        _ hmac: borrowing BLAKE2s.HMAC, _ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer
    ) -> SecretKey {
        let secret = SecretKey { out in chainingKey.withUnsafeBytes { hmac.compute(key: $0, input, into: out) } }
        return secret.withUnsafeBytes { secret in
            withUnsafeBytes(of: UInt8(1)) { count in SecretKey { hmac.compute(key: secret, count, into: $0) } }
        }
    }

    private static func next(_ hmac: borrowing BLAKE2s.HMAC, after previous: SecretKey, _ count: UInt8) -> SecretKey {
        previous.withUnsafeBytes { previous in
            withUnsafeBytes(of: count) { count in SecretKey { hmac.compute(key: nil, previous, count, into: $0) } }
        }
    }
}
