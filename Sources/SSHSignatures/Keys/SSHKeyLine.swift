internal import Sodium

/// A line of `authorized_keys` without options, or of a `.pub` file: algorithm, key, comment.
package struct SSHKeyLine: Hashable, Sendable {
    package let key: SSHKey
    package let comment: String

    package static let maximumByteCount = 8192

    package init(_ text: some StringProtocol) throws(SSHKeyRefusal) {
        guard text.utf8.count <= Self.maximumByteCount else { throw .malformed }
        let line = text.split(whereSeparator: \.isNewline)
        guard line.count == 1 else { throw .malformed }
        let parts = line[0].split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
        guard parts.count >= 2, let blob = Base64.decode(parts[1]) else { throw .malformed }
        key = try SSHKey(blob: blob)
        guard parts[0] == key.algorithm.rawValue else { throw .malformed }
        comment = parts.count == 3 ? String(parts[2].drop { $0 == " " || $0 == "\t" }) : ""
    }
}

extension SSHKeyLine: CustomStringConvertible {
    package var description: String { comment.isEmpty ? "\(key)" : "\(key) \(comment)" }
}
