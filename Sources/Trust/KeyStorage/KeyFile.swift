internal import Glibc
package import Sodium

/// One secret in one file that its owner alone can read. Key files are text: base64 of X25519 as `wg genkey` makes it,
/// PASERK of Ed25519 or a reference to where else it is, PEM of certificate keys.
package struct KeyFile: Hashable, Sendable {
    static let maximumByteCount = 64 << 10

    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var exists: Bool { access(path, F_OK) == 0 }

    /// Replaces the file as a whole, with mode 0600.
    package func write(_ secret: SecretBytes) throws(KeyFileError) {
        try DurableFile.write(secret, to: path, mode: 0o600)
    }

    /// Refuses a file that its group or others may touch, or, to all but root, that another user owns.
    package func read() throws(KeyFileError) -> SecretBytes {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw KeyFileError(errno: errno, path, "cannot open it") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw KeyFileError(errno: errno, path, "cannot look at it") }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw KeyFileError(.exposed, path, "its mode is 0\(mode), others can reach the key: chmod 600 it")
        }
        guard [0, status.st_uid].contains(geteuid()) || status.st_uid == 0 else {
            throw KeyFileError(.exposed, path, "belongs to user \(status.st_uid), who can reach the key")
        }
        return try DurableFile.readAll(file, path, limit: Self.maximumByteCount)
    }
}

extension KeyFile {
    /// Base64, one line: what `wg pubkey` and `wg set … private-key` read.
    package func write(_ key: X25519.PrivateKey) throws(KeyFileError) {
        let text = key.bytes.withUnsafeBytes { Base64.encode($0) + "\n" }
        try write(SecretBytes(copying: Array(text.utf8)))
    }

    package func readX25519() throws(KeyFileError) -> X25519.PrivateKey {
        guard let bytes = Base64.decode(try line()), let key = X25519.PrivateKey(SecretBytes(copying: bytes)) else {
            throw KeyFileError(.malformed, path, "not an X25519 key in base64")
        }
        return key
    }

    /// PASERK `k4.secret`.
    package func write(_ key: Ed25519.PrivateKey) throws(KeyFileError) {
        try write(PASERK.encode(key))
    }

    package func readEd25519() throws(KeyFileError) -> Ed25519.PrivateKey {
        guard let key = try? PASERK.privateKey(try line()) else {
            throw KeyFileError(.malformed, path, "not a k4.secret key")
        }
        return key
    }

    /// PEM.
    package func write(_ key: CertificateKey) throws {
        try write(try key.pem())
    }

    package func readCertificateKey() throws(KeyFileError) -> CertificateKey {
        let pem = try read()
        guard let key = try? CertificateKey(pem: pem) else {
            throw KeyFileError(.malformed, path, "not a private key in PEM")
        }
        return key
    }

    /// The text without the space around it.
    func line() throws(KeyFileError) -> String {
        let text = try read().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let isSpace = { (character: Character) in character.isWhitespace }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
