package import Sodium

/// A value that lies in git, sealed to one node (libsodium's sealed box) and bound to its place: put elsewhere, it does not
/// open.
///
///     "cvlan-secret-v1" 00 │ tenant │ name │ field │ value        each of the three after its length, 2 bytes, big-endian
package enum SealedSecret {
    /// Where a value belongs.
    package struct Place: Hashable, Sendable {
        let tenant: String
        /// Of the Secret.
        let name: String
        let field: String

        /// The value of a Secret.
        package init(tenant: String, secret name: String) {
            self.tenant = tenant
            self.name = name
            field = "value"
        }

        fileprivate var prefix: [UInt8] {
            [tenant, name, field].reduce(into: Array("cvlan-secret-v1\0".utf8)) { bytes, part in
                let length = UInt16(clamping: part.utf8.count)
                bytes += [UInt8(length >> 8), UInt8(length & 0xFF)] + Array(part.utf8)
            }
        }
    }

    package enum Refusal: Error, Hashable, Sendable {
        /// Sealed to another key, or changed since.
        case notForThisKey
        /// Sealed for another tenant, secret or field.
        case elsewhere
    }

    /// `nil` when the recipient's key is a point of small order.
    package static func seal(_ value: SecretBytes, at place: Place, to recipient: X25519.PublicKey) -> [UInt8]? {
        let prefix = place.prefix
        let message = SecretBytes(count: prefix.count + value.count) { out in
            out.copyBytes(from: prefix)
            value.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: out[prefix.count...]).copyMemory(from: $0) }
        }
        return message.withUnsafeBytes { SealedBox.seal($0, to: recipient) }
    }

    package static func open(
        _ sealed: some Collection<UInt8>, at place: Place, with key: X25519.PrivateKey
    ) throws(Refusal) -> SecretBytes {
        guard let message = SealedBox.open(sealed, with: key) else { throw .notForThisKey }
        let prefix = place.prefix
        let value = message.withUnsafeBytes { bytes in
            bytes.starts(with: prefix) ? SecretBytes(copying: bytes[prefix.count...]) : nil
        }
        guard let value else { throw .elsewhere }
        return value
    }
}

extension SealedSecret.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notForThisKey: "it is sealed to another key, or was changed"
        case .elsewhere: "it was sealed for another secret, and moved"
        }
    }
}
