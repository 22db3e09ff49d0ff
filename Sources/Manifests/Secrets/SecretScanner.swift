/// Finds secrets in plain text anywhere in a file: in fields, comments and labels, and in what is not a manifest at all.
///
/// One pass. What is looked at more than once lies between two places where something could begin, so the time grows with
/// the length of the file alone, whatever is in it.
struct SecretScanner {
    struct Match: Hashable {
        let range: Range<Int>
        /// "a GitHub token".
        let what: String
        /// What a reader may see of it: the first letters, which all secrets of its kind have.
        let shown: String
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let mostMatches: Int
    private var matches: [Match] = []
    /// Up to here, no word is the first part of a JSON Web Token.
    private var webTokensFrom = 0

    /// In the order of the file; those after the first `mostMatches` are left out.
    static func matches(in bytes: [UInt8], mostMatches: Int) -> [Match] {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = SecretScanner(bytes: bytes, mostMatches: mostMatches)
            scanner.scan()
            return scanner.matches
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, mostMatches: Int) {
        self.bytes = bytes
        self.mostMatches = mostMatches
    }

    private mutating func scan() {
        let classes = SecretPattern.classes
        let patterns = SecretPattern.byFirstLetters
        var isInWord = false
        var index = 0
        while index < bytes.count, matches.count < mostMatches {
            let byte = bytes[index]
            var end: Int?
            if classes[Int(byte)] & SecretPattern.Letters.word.rawValue != 0 {
                if !isInWord, index + 1 < bytes.count {
                    let candidates = patterns[Int(byte) << 8 | Int(bytes[index + 1])]
                    if !candidates.isEmpty { end = token(at: index, candidates) }
                    if byte == UInt8(ascii: "e"), end == nil { end = webToken(at: index) }
                }
                isInWord = true
            } else {
                isInWord = false
                switch byte {
                case UInt8(ascii: ":"), UInt8(ascii: "="): end = value(behind: index)
                case UInt8(ascii: "-"): end = armour(at: index)
                default: break
                }
            }
            if let end {
                index = end
                isInWord = true
            } else {
                index += 1
            }
        }
    }

    /// A word with the prefix of a pattern. Each of these functions returns where to go on, when it knows that all up to
    /// there is a match or none.
    private mutating func token(at start: Int, _ candidates: [Int]) -> Int? {
        for candidate in candidates {
            let pattern = SecretPattern.all[candidate]
            guard has(pattern.prefix, at: start) else { continue }
            let body = start + pattern.prefix.count
            let end = end(of: pattern.letters, from: body)
            guard end - body >= pattern.shortest else { continue }
            guard end - body <= pattern.longest, SecretText.isRandom(bytes[body..<end]) else { return end }
            return add(start..<end, pattern.what, shown: pattern.prefix.count)
        }
        return nil
    }

    /// How a JSON object begins in base64url.
    private static let object = Array("eyJ".utf8)
    private static let begin = Array("-----BEGIN ".utf8)

    /// Header, claims and signature of a JSON Web Token (RFC 7519); the first two are JSON objects.
    private mutating func webToken(at start: Int) -> Int? {
        guard start >= webTokensFrom, has(Self.object, at: start) else { return nil }
        let header = end(of: .url, from: start)
        webTokensFrom = header
        guard has([UInt8(ascii: ".")] + Self.object, at: header) else { return nil }
        let claims = end(of: .url, from: header + 1)
        webTokensFrom = claims
        guard has([UInt8(ascii: ".")], at: claims) else { return nil }
        let end = end(of: .url, from: claims + 1)
        guard end - claims > 20 else { return nil }
        return add(start..<end, "a token (JWT)", shown: 3)
    }

    /// `-----BEGIN … PRIVATE KEY-----`, unless a password is needed to use it.
    private mutating func armour(at start: Int) -> Int? {
        guard has(Self.begin, at: start), start == 0 || bytes[start - 1] != UInt8(ascii: "-") else { return nil }
        let label = start + Self.begin.count
        var end = label
        while end < bytes.count, end - label < 40, bytes[end] != UInt8(ascii: "-"), bytes[end] >= 32 { end += 1 }
        let words = bytes[label..<end].split(separator: UInt8(ascii: " "))
        guard has(Array("-----".utf8), at: end), words.contains(where: { $0.elementsEqual("PRIVATE".utf8) }),
            !words.contains(where: { $0.elementsEqual("ENCRYPTED".utf8) })
        else { return nil }
        return add(start..<end + 5, "a private key (PEM)", shown: end + 5 - start)
    }

    /// What follows `:` or `=`, where the name before it says that it is a secret.
    private mutating func value(behind sign: Int) -> Int? {
        guard let name = SecretName.ending(before: sign, in: bytes), sign + 1 < bytes.count else { return nil }
        var start = sign + 1
        // `a:b` is no field, unless the value is quoted.
        if bytes[sign] == UInt8(ascii: ":"), !" \t\n\r\"'".utf8.contains(bytes[start]) { return nil }
        skipBlanks(&start)
        skipBlockIndicator(&start)
        if start < bytes.count, "\"'".utf8.contains(bytes[start]) { start += 1 }
        var end = start
        while end < bytes.count, end - start < 512, !Self.endsValue(bytes[end]) { end += 1 }
        // The padding of base64.
        for _ in 0..<2 where end < bytes.count && bytes[end] == UInt8(ascii: "=") { end += 1 }
        guard start < end, SecretText.isSecret(bytes[start..<end], isReference: name.isReference) else { return nil }
        // A value that is a token with a prefix of its own is told as that.
        let candidates = SecretPattern.byFirstLetters[Int(bytes[start]) << 8 | Int(bytes[start + 1])]
        return token(at: start, candidates) ?? add(start..<end, name.what, shown: 0)
    }

    /// Blanks, quotes, brackets, and where another field could begin.
    private static func endsValue(_ byte: UInt8) -> Bool { byte <= 32 || "\"',]}=:\\".utf8.contains(byte) }

    /// `|` or `>` of a block scalar, behind which the value begins on the next line.
    private func skipBlockIndicator(_ index: inout Int) {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "|") || bytes[index] == UInt8(ascii: ">") else {
            return
        }
        var next = index + 1
        for _ in 0..<2 where next < bytes.count && "+-123456789".utf8.contains(bytes[next]) { next += 1 }
        for byte in "\r\n".utf8 where next < bytes.count && bytes[next] == byte { next += 1 }
        guard next < bytes.count, bytes[next - 1] == UInt8(ascii: "\n") else { return }
        skipBlanks(&next)
        index = next
    }

    private func skipBlanks(_ index: inout Int) {
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") {
            index += 1
        }
    }

    private func has(_ text: [UInt8], at start: Int) -> Bool {
        guard start + text.count <= bytes.count else { return false }
        for offset in text.indices where bytes[start + offset] != text[offset] { return false }
        return true
    }

    private func end(of letters: SecretPattern.Letters, from start: Int) -> Int {
        var end = start
        while end < bytes.count, SecretPattern.classes[Int(bytes[end])] & letters.rawValue != 0 { end += 1 }
        return end
    }

    private mutating func add(_ range: Range<Int>, _ what: String, shown: Int) -> Int {
        let first = bytes[range.lowerBound..<range.lowerBound + shown]
        matches.append(Match(range: range, what: what, shown: String(decoding: first, as: UTF8.self)))
        return range.upperBound
    }
}
