/// A sealed box (libsodium's `crypto_box_seal`) in base64. What it holds, only its recipient can tell.
package struct SealedText: Hashable, Sendable {
    package let bytes: [UInt8]

    /// A box without any content: the sender's key and the tag.
    static let shortest = 48
    static let longest = 64 << 10

    /// `nil` for what is too short for a box, or too long for us.
    package init?(bytes: [UInt8]) {
        guard (Self.shortest...Self.longest).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }
}

extension SealedText: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        guard let bytes = Base64.standard.decode(text[...]) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { Base64.standard.encode(bytes) }
}
