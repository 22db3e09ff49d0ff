internal import OverlayNetwork

/// A UUID that follows from what it is for, so that what is printed twice is the same (RFC 9562 §5.8: version 8).
enum UniqueID {
    /// - Parameter parts: none of them with a line's end.
    static func of(_ parts: String...) -> String {
        var bytes = Array(ContentDigest(of: Array(parts.joined(separator: "\n").utf8)).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}
