package import Sodium

/// PASERK `k4.secret-pw` (paseto-standard/paserk, operations/PBKW.md): a key that a passphrase encrypts, by Argon2id, XChaCha20
/// and BLAKE2b.
extension PASERK {
    static let wrappedHeader = "k4.secret-pw."

    /// What guessing a passphrase costs.
    package struct Cost: Hashable, Sendable {
        /// In bytes.
        package let memory: Int
        package let passes: Int

        package init(memory: Int, passes: Int) {
            self.memory = memory
            self.passes = passes
        }

        /// A quarter of a gigabyte, about a second.
        package static let standard = Cost(memory: 256 << 20, passes: 3)
        /// A file that asks for more is refused: it would stop the machine, and not only itself.
        package static let maximum = Cost(memory: 1 << 30, passes: 16)
    }

    package static func wrap(
        _ key: Ed25519.PrivateKey, passphrase: SecretBytes, cost: Cost = .standard
    ) throws(PassphraseError) -> SecretBytes {
        let salt = Sodium.randomBytes(count: Argon2id.saltCount)
        let nonce = Sodium.randomBytes(count: XChaCha20.nonceCount)
        let keys = try Wrapping(passphrase, salt: salt, cost: cost)
        let secret = SecretBytes(count: 64) { out in
            key.seed.withUnsafeBytes { out.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: out[32...]).copyBytes(from: key.publicKey.bytes)
        }
        var body = salt + cost.encoded + nonce
        XChaCha20.apply(to: secret, nonce: nonce, key: keys.encryption).withUnsafeBytes { body += $0 }
        body += keys.tag(of: body)
        return SecretBytes(copying: Array((wrappedHeader + Base64.encode(body, .urlSafe)).utf8))
    }

    package static func unwrap(
        _ text: some StringProtocol, passphrase: SecretBytes
    ) throws(PassphraseError) -> Ed25519.PrivateKey {
        guard text.utf8.count <= 256, text.hasPrefix(wrappedHeader),
            let bytes = Base64.decode(text.dropFirst(wrappedHeader.count), .urlSafe), bytes.count == Field.end
        else { throw .malformed }
        let cost = try Cost(encoded: bytes[Field.salt..<Field.cost])
        let keys = try Wrapping(passphrase, salt: Array(bytes[..<Field.salt]), cost: cost)
        guard Sodium.constantTimeEquals(keys.tag(of: bytes[..<Field.secret]), bytes[Field.secret...]) else {
            throw .wrongPassphrase
        }
        let secret = XChaCha20.apply(
            to: SecretBytes(copying: bytes[Field.nonce..<Field.secret]), nonce: Array(bytes[Field.cost..<Field.nonce]),
            key: keys.encryption)
        let seed = secret.withUnsafeBytes { SecretBytes(copying: $0[..<32]) }
        guard let key = Ed25519.PrivateKey(seed: seed),
            secret.withUnsafeBytes({ key.publicKey.bytes.elementsEqual($0[32...]) })
        else { throw .malformed }
        return key
    }

    /// Where each field ends.
    private enum Field {
        static let salt = Argon2id.saltCount
        static let cost = salt + 16
        static let nonce = cost + XChaCha20.nonceCount
        static let secret = nonce + 64
        static let end = secret + 32
    }

    private struct Wrapping {
        let encryption: SecretBytes
        let authentication: SecretBytes

        init(_ passphrase: SecretBytes, salt: [UInt8], cost: Cost) throws(PassphraseError) {
            guard
                let key = Argon2id.key(
                    from: passphrase, salt: salt, memory: cost.memory, passes: cost.passes, byteCount: 32)
            else { throw .noMemory(cost.memory) }
            encryption = BLAKE2b.secret(0xFF, key)
            authentication = BLAKE2b.secret(0xFE, key)
        }

        func tag(of body: some Collection<UInt8>) -> [UInt8] {
            BLAKE2b.authenticate(Array(wrappedHeader.utf8) + body, key: authentication)
        }
    }
}

extension PASERK.Cost {
    fileprivate var encoded: [UInt8] {
        Self.bigEndian(UInt64(memory)) + Self.bigEndian(UInt32(passes)) + Self.bigEndian(UInt32(1))
    }

    /// Refuses what libsodium cannot do, and what would cost too much.
    fileprivate init(encoded bytes: ArraySlice<UInt8>) throws(PassphraseError) {
        let numbers = [bytes.prefix(8), bytes.dropFirst(8).prefix(4), bytes.dropFirst(12)].map { field in
            field.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        guard numbers[2] == 1, numbers[0].isMultiple(of: 1024), numbers[0] >= UInt64(Argon2id.memories.lowerBound),
            numbers[1] >= UInt64(Argon2id.minimumPasses)
        else { throw .malformed }
        guard numbers[0] <= UInt64(Self.maximum.memory), numbers[1] <= UInt64(Self.maximum.passes) else {
            throw .tooCostly
        }
        self.init(memory: Int(numbers[0]), passes: Int(numbers[1]))
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}

/// Why a passphrase gave no key.
package enum PassphraseError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed
    case wrongPassphrase
    /// More than `PASERK.Cost.maximum`.
    case tooCostly
    /// Bytes.
    case noMemory(Int)

    package var description: String {
        switch self {
        case .malformed: "not a k4.secret-pw key"
        case .wrongPassphrase: "wrong passphrase, or the key was changed"
        case .tooCostly: "to check a passphrase would cost more than 1 GiB of memory, or more than 16 passes over it"
        case .noMemory(let count): "\(count >> 20) MiB of memory, which the passphrase needs, are not to be had"
        }
    }
}
