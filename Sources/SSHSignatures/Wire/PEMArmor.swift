internal import Sodium

/// Base64 between a line that begins it and one that ends it, as OpenSSH writes signatures and keys.
struct PEMArmor {
    let label: String
    /// Of the text; what is longer is not looked at.
    let limit: Int

    enum Fault: Error {
        case tooLarge, malformed
    }

    private var begin: String { "-----BEGIN \(label)-----" }
    private var end: String { "-----END \(label)-----" }

    /// What is in `text`, which has nothing else but white space around it. Lines may end with a carriage return too.
    func decode(_ text: [UInt8]) throws(Fault) -> [UInt8] {
        guard text.count <= limit else { throw .tooLarge }
        var lines = text.split(separator: UInt8(ascii: "\n")).map { line in
            Array(line.drop(while: Self.isSpace).reversed().drop(while: Self.isSpace).reversed())
        }
        lines.removeAll(where: \.isEmpty)
        guard lines.count > 2, lines.removeFirst().elementsEqual(begin.utf8),
            lines.removeLast().elementsEqual(end.utf8),
            let bytes = Base64.decode(String(decoding: lines.joined(), as: UTF8.self))
        else { throw .malformed }
        return bytes
    }

    /// Lines of 70 characters, as OpenSSH makes them; ends with a line break.
    func encode(_ bytes: [UInt8]) -> String {
        let text = Array(Base64.encode(bytes).utf8)
        let lines = stride(from: 0, to: text.count, by: 70).map { start in
            String(decoding: text[start..<min(start + 70, text.count)], as: UTF8.self)
        }
        return ([begin] + lines + [end]).joined(separator: "\n") + "\n"
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
