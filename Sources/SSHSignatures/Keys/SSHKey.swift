internal import OpenSSL
internal import Sodium

/// An SSH public key that may sign. Decoded once, it verifies any number of signatures, on any thread.
package struct SSHKey: Sendable {
    package let algorithm: SSHKeyAlgorithm
    /// The key as it goes over the wire: what it is known by.
    package let blob: [UInt8]
    let material: Material
    /// Of a security key: what it was made for, `ssh:` by habit. A part of what it signs.
    let application: [UInt8]

    enum Material: Sendable {
        case ed25519(Ed25519.PublicKey)
        case openSSL(VerificationKey)
    }

    /// Of the blob. RSA with 8,192 bits has about 1,100 bytes.
    package static let maximumByteCount = 4096

    /// - Parameter blob: RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, PROTOCOL.u2f.
    package init(blob: [UInt8]) throws(SSHKeyRefusal) {
        guard blob.count <= Self.maximumByteCount else { throw .malformed }
        var reader = SSHReader(blob)
        guard let name = reader.text() else { throw .malformed }
        guard let algorithm = SSHKeyAlgorithm(rawValue: name) else { throw .unsupported(name) }
        material = try Self.material(algorithm, &reader)
        if algorithm.isSecurityKey {
            guard let application = reader.string() else { throw .malformed }
            self.application = application
        } else {
            application = []
        }
        guard reader.isAtEnd else { throw .malformed }
        self.algorithm = algorithm
        self.blob = blob
    }

    /// Of a kind that is in no authenticator.
    init(_ algorithm: SSHKeyAlgorithm, _ blob: [UInt8], _ material: Material) {
        self.algorithm = algorithm
        self.blob = blob
        self.material = material
        application = []
    }

    private static func material(
        _ algorithm: SSHKeyAlgorithm, _ reader: inout SSHReader
    ) throws(SSHKeyRefusal) -> Material {
        if let curve = algorithm.curve {
            guard reader.text() == curve.name, let point = reader.string(),
                let key = try? VerificationKey(curve.kind, point: point)
            else { throw .malformed }
            return .openSSL(key)
        }
        guard algorithm == .rsa else {
            guard let bytes = reader.string(), let key = Ed25519.PublicKey(bytes) else { throw .malformed }
            return .ed25519(key)
        }
        guard let exponent = reader.unsignedInteger(), let modulus = reader.unsignedInteger() else { throw .malformed }
        do throws(KeyRefusal) {
            return .openSSL(try VerificationKey(modulus: modulus, exponent: exponent))
        } catch {
            if case .size(let bits) = error { throw .size(bits: bits) }
            throw .malformed
        }
    }

    /// `SHA256:` and the blob's hash in base64 without padding: what `ssh-keygen -l` shows.
    package var fingerprint: String { Self.fingerprint(ofBlob: blob) }

    package static func fingerprint(ofBlob blob: [UInt8]) -> String {
        "SHA256:" + Base64.encode(SHA256Digest.of(blob)).prefix { $0 != "=" }
    }
}

extension SSHKey: Hashable {
    package static func == (a: SSHKey, b: SSHKey) -> Bool { a.blob == b.blob }

    package func hash(into hasher: inout Hasher) { hasher.combine(blob) }
}

extension SSHKey: CustomStringConvertible {
    /// As a line of `authorized_keys` without a comment.
    package var description: String { "\(algorithm.rawValue) \(Base64.encode(blob))" }
}
