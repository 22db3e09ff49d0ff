package import FoundationEssentials
internal import Sodium

extension WireSegment {
    /// The longest encoding of a segment that anyone makes or takes, in bytes.
    package static let maximumByteCount = 16 << 20

    /// The name of a segment in a config: SHA-256 of its encoding.
    package static func digest(ofEncoded bytes: some Collection<UInt8>) -> Data {
        Data(SHA256Digest.of(bytes))
    }

    /// The encoding that is sent, stored and hashed, with its digest. The same lists always give the same bytes.
    package func encodedWithDigest() throws -> (bytes: Data, digest: Data) {
        let bytes: Data = try serializedBytes()
        return (bytes, Self.digest(ofEncoded: bytes))
    }
}
