/// A signature as `ssh-keygen -Y sign` and git with `gpg.format=ssh` make it: OpenSSH's PROTOCOL.sshsig. Decoded, not verified.
package struct SSHSignature: Hashable, Sendable {
    /// Who claims to have signed: the blob of an `SSHKey`.
    package let keyBlob: [UInt8]
    /// What it was made for: so that a signature of one thing is none of another.
    package let namespace: String
    package let hash: SSHSignatureHash
    let value: Value

    /// The inner signature: RFC 4253 §6.6, with what PROTOCOL.u2f adds.
    struct Value: Hashable, Sendable {
        let algorithm: String
        let bytes: [UInt8]
        /// What the authenticator adds to the message; `nil` of keys that are in none.
        let presence: SecurityKeyPresence?
    }

    /// Without armour: key and signature of RSA with 8,192 bits have a quarter of it.
    package static let maximumByteCount = 8 << 10
    static let armor = PEMArmor(label: "SSH SIGNATURE", limit: 2 * maximumByteCount)

    /// - Parameter armored: the text, with nothing but white space around it.
    package init(armored: [UInt8]) throws(SSHSignatureRefusal) {
        let bytes: [UInt8]
        do throws(PEMArmor.Fault) {
            bytes = try Self.armor.decode(armored)
        } catch {
            throw error == .tooLarge ? .tooLarge : .badArmor
        }
        try self.init(bytes)
    }

    /// - Parameter bytes: what is in the armour.
    package init(_ bytes: [UInt8]) throws(SSHSignatureRefusal) {
        guard bytes.count <= Self.maximumByteCount else { throw .tooLarge }
        var reader = SSHReader(bytes)
        guard reader.bytes(Self.magic.count) == Self.magic, let version = reader.uint32() else { throw .malformed }
        guard version == Self.version else { throw .unsupportedVersion(version) }
        // What is reserved is ignored, as PROTOCOL.sshsig wants it; what is signed has an empty one.
        guard let keyBlob = reader.string(), let namespace = reader.text(), reader.string() != nil,
            let hashName = reader.text(), let inner = reader.string(), reader.isAtEnd
        else { throw .malformed }
        guard let hash = SSHSignatureHash(rawValue: hashName) else { throw .unsupportedHash(hashName) }
        self.keyBlob = keyBlob
        self.namespace = namespace
        self.hash = hash
        value = try Value(inner)
    }

    init(keyBlob: [UInt8], namespace: String, hash: SSHSignatureHash, inner: [UInt8]) throws(SSHSignatureRefusal) {
        self.keyBlob = keyBlob
        self.namespace = namespace
        self.hash = hash
        value = try Value(inner)
    }

    /// What is in the armour.
    package var bytes: [UInt8] {
        var writer = SSHWriter(Self.magic)
        writer.put(Self.version)
        writer.put(string: keyBlob)
        writer.put(text: namespace)
        writer.put(text: "")
        writer.put(text: hash.rawValue)
        writer.put(string: value.encoded)
        return writer.bytes
    }

    /// The text that git keeps in a commit; ends with a line break.
    package var armored: String { Self.armor.encode(bytes) }

    package var fingerprint: String { SSHKey.fingerprint(ofBlob: keyBlob) }

    static let magic = Array("SSHSIG".utf8)
    static let version: UInt32 = 1
}

extension SSHSignature.Value {
    init(_ bytes: [UInt8]) throws(SSHSignatureRefusal) {
        var reader = SSHReader(bytes)
        guard let algorithm = reader.text(), let signature = reader.string() else { throw .malformed }
        self.algorithm = algorithm
        self.bytes = signature
        if SSHKeyAlgorithm(rawValue: algorithm)?.isSecurityKey == true {
            guard let flags = reader.byte(), let counter = reader.uint32() else { throw .malformed }
            presence = SecurityKeyPresence(flags: flags, counter: counter)
        } else {
            presence = nil
        }
        guard reader.isAtEnd else { throw .malformed }
    }

    var encoded: [UInt8] {
        var writer = SSHWriter()
        writer.put(text: algorithm)
        writer.put(string: bytes)
        return writer.bytes + (presence?.encoded ?? [])
    }
}

/// What an authenticator says of the moment it signed (PROTOCOL.u2f; CTAP 2 §6.1).
package struct SecurityKeyPresence: Hashable, Sendable {
    package let flags: UInt8
    /// Of signatures that the authenticator made; some always say 0.
    package let counter: UInt32

    package init(flags: UInt8, counter: UInt32) {
        self.flags = flags
        self.counter = counter
    }

    /// Somebody touched it.
    package var isUserPresent: Bool { flags & 0x01 != 0 }
    /// Somebody proved who they are to it: by PIN or finger.
    package var isUserVerified: Bool { flags & 0x04 != 0 }

    var encoded: [UInt8] {
        var writer = SSHWriter([flags])
        writer.put(counter)
        return writer.bytes
    }
}
