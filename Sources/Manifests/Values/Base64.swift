/// Strict base64 (RFC 4648): one text for one sequence of bytes, so left-over bits must be zero and padding as due.
struct Base64: Sendable {
    let alphabet: [UInt8]
    let isPadded: Bool
    private let values: [Int8]

    /// §4, with padding.
    static let standard = Base64(last: "+/", isPadded: true)
    /// §5, without padding.
    static let url = Base64(last: "-_", isPadded: false)

    private init(last: String, isPadded: Bool) {
        alphabet = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
        self.isPadded = isPadded
        var values = [Int8](repeating: -1, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = Int8(value) }
        self.values = values
    }

    func decode(_ text: Substring) -> [UInt8]? {
        var letters = text.utf8
        if isPadded {
            guard letters.count % 4 == 0 else { return nil }
            for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for letter in letters {
            let value = values[Int(letter)]
            guard value >= 0 else { return nil }
            buffer = (buffer << 6 | UInt32(value)) & 0xFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard bits < 6, buffer & ((1 << bits) - 1) == 0 else { return nil }
        return bytes
    }

    func encode(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            let word = chunk.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
            for index in 0...chunk.count {
                letters.append(alphabet[Int(word >> UInt32(18 - 6 * index) & 63)])
            }
            if isPadded { letters += repeatElement(UInt8(ascii: "="), count: 3 - chunk.count) }
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
