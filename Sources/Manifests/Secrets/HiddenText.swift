/// What of a text is not shown to anyone: secrets, and what could be one.
///
/// More than `SecretScanner` reports: of a value with blanks or escapes all of it, of a PEM block its body too, and 32
/// bytes in base64 wherever nothing says that they are public, as private and public keys look alike.
package enum HiddenText {
    package static let mask = "***"

    /// Ascending, none touching the next. Takes time that grows with the length alone.
    package static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        bytes.withUnsafeBufferPointer { buffer in
            var merged: [Range<Int>] = []
            func add(_ start: Int, _ end: (_ from: Int) -> Int, from: Int) {
                guard let last = merged.last, start <= last.upperBound else {
                    merged.append(start..<end(from))
                    return
                }
                merged[merged.count - 1] = last.lowerBound..<end(max(from, last.upperBound))
            }
            let keys = keys(in: buffer)
            var next = keys.startIndex
            for match in SecretScanner.matches(in: bytes, mostMatches: .max) {
                let start = match.range.lowerBound
                while next < keys.endIndex, keys[next].lowerBound < start {
                    let key = keys[next]
                    add(key.lowerBound, { $0 }, from: key.upperBound)
                    next += 1
                }
                add(start, { end(of: match.range, from: $0, in: buffer) }, from: match.range.upperBound)
            }
            for key in keys[next...] { add(key.lowerBound, { $0 }, from: key.upperBound) }
            return merged
        }
    }

    /// The text with `***` in the place of what is hidden.
    ///
    /// - Parameter name: of the field that holds it, which may say what it is.
    package static func masked(_ text: String, named name: String = "") -> String {
        let start = name.isEmpty ? 0 : name.utf8.count + 2
        let bytes = Array((name.isEmpty ? text : "\(name): \(text)").utf8)
        let ranges = ranges(in: bytes)
        guard !ranges.isEmpty else { return text }
        var shown: [UInt8] = []
        var index = start
        for range in ranges where range.upperBound > start {
            shown += bytes[index..<max(range.lowerBound, index)] + Array(mask.utf8)
            index = range.upperBound
        }
        return String(decoding: shown + bytes[index...], as: UTF8.self)
    }

    // MARK: - How far a secret reaches

    private static func end(of match: Range<Int>, from start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        if bytes[match].starts(with: "-----BEGIN".utf8) { return endOfBody(from: start, in: bytes) }
        let before = match.lowerBound > 0 ? bytes[match.lowerBound - 1] : 0
        // Messages have quotes of their own.
        let quote = "\"'`".utf8.contains(before) ? before : nil
        var end = start
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D {
            if let quote {
                if bytes[end] == quote { break }
                // What is escaped ends nothing.
                if bytes[end] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), end + 1 < bytes.count { end += 1 }
            } else if ",]}".utf8.contains(bytes[end]) || isComment(end, bytes) {
                break
            }
            end += 1
        }
        end = min(end, bytes.count)
        while quote == nil, end > start, bytes[end - 1] <= 32 { end -= 1 }
        return end
    }

    private static func isComment(_ index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes[index] <= 32 && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "#")
    }

    /// Base64, on several lines or with `\n` between them (in messages `?`), up to `-----END`; of what is no base64 nothing, from the
    /// beginning of its line.
    private static func endOfBody(from start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var end = start
        var lineStart: Int?
        while end < bytes.count, bytes[end] != UInt8(ascii: "-") {
            guard isBase64(bytes[end]) || " \t\r\n\"'\\,|=#?".utf8.contains(bytes[end]) else { return lineStart ?? end }
            if bytes[end] == 0x0A { lineStart = end }
            end += 1
        }
        return end
    }

    // MARK: - Keys

    private static let letters = 43

    /// 43 letters and `=`, but for those behind a name like `publicKey`.
    private static func keys(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var keys: [Range<Int>] = []
        var run = 0
        for index in bytes.indices {
            if isBase64(bytes[index]) {
                run += 1
                continue
            }
            let start = index - letters
            if run == letters, bytes[index] == UInt8(ascii: "="), !isPublic(before: start, bytes) {
                keys.append(start..<index + 1)
            }
            run = 0
        }
        return keys
    }

    private static func isPublic(before start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var end = start
        while end > 0, " \t\"':=".utf8.contains(bytes[end - 1]) { end -= 1 }
        let name = Array("publickey".utf8)
        var left = name.count
        while end > 0, left > 0 {
            end -= 1
            if bytes[end] | 0x20 == name[left - 1] {
                left -= 1
            } else if left == name.count || !"-_ ".utf8.contains(bytes[end]) {
                return false
            }
        }
        return left == 0
    }

    /// Of either alphabet (RFC 4648 §4 and §5), but for `-`, which many words have.
    private static func isBase64(_ byte: UInt8) -> Bool {
        SecretPattern.classes[Int(byte)] & SecretPattern.Letters.word.rawValue != 0 || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "/")
    }
}
