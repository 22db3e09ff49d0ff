internal import Glibc

/// Tells of a file's bytes whether a document in it can have one of some words as a value, without parsing it.
///
/// Exact in one direction: where it says no, there is none. A scalar of YAML or JSON stands in a file letter by letter,
/// unless escapes are used, which need a backslash: folding and quoting put a space or a quote into a word, but never
/// take anything out. UTF-16 and UTF-32 have bytes that no UTF-8 text of manifests has.
package struct ByteSearch: Sendable {
    private let words: [Word]

    package init(_ words: some Sequence<String>) {
        self.words = words.compactMap(Word.init)
    }

    /// Whether a word is there, or might be in another form.
    package func mayFind(in bytes: [UInt8]) -> Bool {
        Self.mayHide(bytes) || finds(in: bytes)
    }

    /// Whether a word is there as it is.
    package func finds(in bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            return words.contains { $0.isFound(start, buffer.count) }
        }
    }

    /// Whether words can be there in another form.
    package static func mayHide(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            return [UInt8(ascii: "\\"), 0, 0xFE, 0xFF].contains { memchr(start, Int32($0), buffer.count) != nil }
        }
    }
}

/// A word to look for by the letter of it that manifests have least: the C library finds that quickly.
private struct Word: Sendable {
    private let bytes: [UInt8]
    private let rarest: Int

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let rarest = bytes.indices.max(by: { Self.rarity(bytes[$0]) < Self.rarity(bytes[$1]) }) else {
            return nil
        }
        self.bytes = bytes
        self.rarest = rarest
    }

    private static func rarity(_ byte: UInt8) -> Int {
        switch byte {
        case 65...90: 4
        case 48...57: 3
        default: "aeilnorst".utf8.contains(byte) ? 0 : "jkqvxyz".utf8.contains(byte) ? 2 : 1
        }
    }

    func isFound(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
        // Where the rarest letter may stand.
        var place = rarest
        let end = count - (bytes.count - rarest) + 1
        while place < end {
            guard let found = memchr(start + place, Int32(bytes[rarest]), end - place) else { return false }
            place = start.distance(to: UnsafeRawPointer(found))
            if memcmp(start + (place - rarest), bytes, bytes.count) == 0 { return true }
            place += 1
        }
        return false
    }
}
