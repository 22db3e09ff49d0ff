package import FoundationEssentials
internal import Sodium

/// What a join token says of the root document to trust: `sha256:` and the hex SHA-256 of the document's payload.
package struct RootPin: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// 32 bytes.
    package let digest: Data

    package init(ofPayload payload: Data) {
        digest = Data(SHA256Digest.of(payload))
    }

    package init?(_ description: String) {
        guard description.hasPrefix("sha256:"), description.utf8.count == 71,
            let bytes = Hex.decode(description.dropFirst(7))
        else { return nil }
        digest = Data(bytes)
    }

    package var description: String { "sha256:" + Hex.encode(digest) }
}
