/// An X25519 public key: 32 bytes, in text base64 with padding as `wg` prints it.
package struct NodePublicKey: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// `nil` unless there are 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words = SIMD4<UInt64>.zero
        for (index, byte) in bytes.enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    var isZero: Bool { words == (0, 0, 0, 0) }

    package var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }

    package static func == (a: NodePublicKey, b: NodePublicKey) -> Bool { a.words == b.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension NodePublicKey: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        guard text.utf8.count == 44, let bytes = Base64.standard.decode(text[...]) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { Base64.standard.encode(bytes) }
}
