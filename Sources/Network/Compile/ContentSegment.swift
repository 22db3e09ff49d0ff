package import FoundationEssentials
internal import WireFormat

/// A part of configs that many nodes share, under the digest of its encoding.
package struct ContentSegment: Hashable, Sendable {
    /// SHA-256 of `bytes`: 32 bytes.
    package let digest: Data
    /// An encoded `WireSegment`.
    package let bytes: Data

    init(_ kind: WireSegment.OneOf_Kind) {
        var segment = WireSegment()
        segment.kind = kind
        // Encoding fails for messages with required fields alone, which proto3 does not have.
        guard let encoded = try? segment.encodedWithDigest() else {
            preconditionFailure("a proto3 message can always be encoded")
        }
        (bytes, digest) = (encoded.bytes, encoded.digest)
    }

    package static func == (a: ContentSegment, b: ContentSegment) -> Bool { a.digest == b.digest }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
