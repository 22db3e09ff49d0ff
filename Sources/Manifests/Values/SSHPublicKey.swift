/// An SSH public key as in `authorized_keys`, without options: `ssh-ed25519 AAAA… comment`.
package struct SSHPublicKey: Hashable, Sendable {
    package let algorithm: String
    /// The key as it goes over the wire (RFC 4253 §6.6), which begins with the algorithm's name.
    package let blob: [UInt8]
    package let comment: String
}

extension SSHPublicKey: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count >= 2, let blob = Base64.standard.decode(parts[1]), blob.count > 4 else { return nil }
        let nameLength = blob[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard nameLength > 0, nameLength < blob.count - 4,
            blob[4..<4 + nameLength].elementsEqual(parts[0].utf8)
        else { return nil }
        algorithm = String(parts[0])
        self.blob = blob
        comment = parts.count == 3 ? String(parts[2]) : ""
    }

    package var description: String {
        "\(algorithm) \(Base64.standard.encode(blob))" + (comment.isEmpty ? "" : " \(comment)")
    }
}
