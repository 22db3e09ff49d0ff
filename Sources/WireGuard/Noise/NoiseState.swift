package import OpenSSL

/// The symmetric state of a Noise handshake (Noise specification §5.2) with WireGuard's functions: BLAKE2s,
/// ChaCha20-Poly1305, and HKDF by HMAC-BLAKE2s.
///
/// Every key encrypts one message, so that the nonce is always zero.
package struct NoiseState: Sendable {
    private var chainingKey: SecretKey
    package private(set) var hash: BLAKE2s.Digest

    /// The state of every WireGuard handshake before the responder's static key is mixed in.
    package static let wireGuard = NoiseState(prologue: Array(Constants.identifier.utf8))

    package init(prologue: [UInt8]) {
        let name = Array(Constants.construction.utf8).withUnsafeBytes { BLAKE2s.hash($0) }
        chainingKey = name.withUnsafeBytes { name in SecretKey { $0.copyMemory(from: name) } }
        hash = name
        mixHash(prologue)
    }

    mutating func mixHash(_ bytes: UnsafeRawBufferPointer) {
        hash = hash.withUnsafeBytes { BLAKE2s.hash($0, bytes) }
    }

    mutating func mixHash(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { mixHash($0) }
    }

    mutating func mixHash(_ key: PublicKey) {
        key.withUnsafeBytes { mixHash($0) }
    }

    /// An ephemeral public key is mixed into both, as handshakes with a pre-shared key have it.
    mutating func mixEphemeral(_ key: PublicKey) {
        mixHash(key)
        chainingKey = key.withUnsafeBytes { KeyDerivation.one(chainingKey, $0) }
    }

    /// Mixes a shared secret in and forgets the key that comes with it, where nothing is encrypted before the next is mixed.
    mutating func mixKey(_ secret: SecretKey) {
        chainingKey = secret.withUnsafeBytes { KeyDerivation.one(chainingKey, $0) }
    }

    /// Mixes a shared secret in and returns the key to encrypt the next part with.
    mutating func mixDerivingKey(_ secret: SecretKey) -> SecretKey {
        let (chain, key) = secret.withUnsafeBytes { KeyDerivation.two(chainingKey, $0) }
        chainingKey = chain
        return key
    }

    /// Mixes the pre-shared key in and returns the key to encrypt the next part with.
    mutating func mixPresharedKey(_ presharedKey: SecretKey) -> SecretKey {
        let (chain, temporary, key) = presharedKey.withUnsafeBytes { KeyDerivation.three(chainingKey, $0) }
        chainingKey = chain
        temporary.withUnsafeBytes { mixHash($0) }
        return key
    }

    mutating func encrypt(_ plaintext: UnsafeRawBufferPointer, key: SecretKey) -> [UInt8] {
        var bytes = Array(plaintext) + [UInt8](repeating: 0, count: ChaCha20Poly1305.tagCount)
        let cipher = ChaCha20Poly1305(.sealing, key: key)
        bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            hash.withUnsafeBytes { cipher.seal(base, count: plaintext.count, counter: 0, authenticating: $0) }
        }
        mixHash(bytes)
        return bytes
    }

    /// `nil` when it does not verify; the state has not advanced then.
    mutating func decrypt(_ ciphertext: ArraySlice<UInt8>, key: SecretKey) -> [UInt8]? {
        var bytes = Array(ciphertext)
        let cipher = ChaCha20Poly1305(.opening, key: key)
        let verified = bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return hash.withUnsafeBytes { cipher.open(base, count: bytes.count, counter: 0, authenticating: $0) }
        }
        guard verified else { return nil }
        mixHash(Array(ciphertext))
        bytes.removeLast(ChaCha20Poly1305.tagCount)
        return bytes
    }

    /// The keys of the session: what the initiator sends with, and what the responder sends with.
    func split() -> (initiator: SecretKey, responder: SecretKey) {
        KeyDerivation.two(chainingKey, UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

/// What a handshake ends with.
package struct SessionKeys {
    package let sending: SecretKey
    package let receiving: SecretKey
    /// The hash of the whole handshake: equal on both sides.
    package let transcript: BLAKE2s.Digest
}
