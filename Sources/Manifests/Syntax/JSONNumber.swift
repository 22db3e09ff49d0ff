/// The grammar of numbers in JSON (RFC 8259 §6).
enum JSONNumber {
    static func isNumber(_ letters: ArraySlice<UInt8>) -> Bool {
        var rest = letters
        guard rest.count <= 64 else { return false }
        skip("-", in: &rest)
        let whole = digits(in: &rest)
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return false }
        if skip(".", in: &rest), digits(in: &rest).isEmpty { return false }
        if skip("eE", in: &rest) {
            skip("+-", in: &rest)
            guard !digits(in: &rest).isEmpty else { return false }
        }
        return rest.isEmpty
    }

    @discardableResult
    private static func skip(_ letters: String, in rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, letters.utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func digits(in rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { (48...57).contains($0) }
        rest = rest[digits.endIndex...]
        return digits
    }
}
