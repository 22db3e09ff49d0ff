/// The key derivation of Noise and WireGuard: HKDF (RFC 5869) with HMAC-BLAKE2s, without info, one to three keys.
package enum KeyDerivation {
    /// KDF1 of the WireGuard paper, §5.4.
    package static func one(_ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer) -> SecretKey {
        expand(extract(chainingKey, input), after: nil, 1)
    }

    /// KDF2.
    package static func two(_ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer) -> (SecretKey, SecretKey) {
        let secret = extract(chainingKey, input)
        let first = expand(secret, after: nil, 1)
        return (first, expand(secret, after: first, 2))
    }

    /// KDF3.
    package static func three(
        _ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer
    ) -> (SecretKey, SecretKey, SecretKey) {
        let secret = extract(chainingKey, input)
        let first = expand(secret, after: nil, 1)
        let second = expand(secret, after: first, 2)
        return (first, second, expand(secret, after: second, 3))
    }

    private static func extract(_ chainingKey: SecretKey, _ input: UnsafeRawBufferPointer) -> SecretKey {
        chainingKey.withUnsafeBytes { key in SecretKey { BLAKE2s.hmac(key: key, input, into: $0) } }
    }

    private static func expand(_ secret: SecretKey, after previous: SecretKey?, _ count: UInt8) -> SecretKey {
        secret.withUnsafeBytes { key in
            withUnsafeBytes(of: count) { count in
                SecretKey { out in
                    guard let previous else { return BLAKE2s.hmac(key: key, count, into: out) }
                    previous.withUnsafeBytes { BLAKE2s.hmac(key: key, $0, count, into: out) }
                }
            }
        }
    }
}
