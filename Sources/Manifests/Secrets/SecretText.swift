/// Tells a secret from what people write in the place of one. Errs on the side of silence.
enum SecretText {
    /// What is said of a secret, or stands for one.
    private static let standIns: [UInt8: [[UInt8]]] = Dictionary(
        grouping: [
            "example", "changeme", "change-me", "redacted", "placeholder", "xxxx", "your-", "your_", "...", "****",
            "dummy", "sealed", "encrypted", "enc[", "secretref", "vault",
        ].map { Array($0.utf8) }, by: { $0[0] })

    /// Whether the letters behind a token's prefix are a real token's: in documentation they are all alike.
    static func isRandom(_ letters: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var seen: UInt128 = 0
        for letter in letters { seen |= 1 << UInt128(letter & 127) }
        return seen.nonzeroBitCount >= 6 && !isStandIn(letters)
    }

    /// Whether the value of a field that is named like a secret is one.
    ///
    /// - Parameter isReference: the name is also given to names of secrets, as `secret` is.
    static func isSecret(_ value: Slice<UnsafeBufferPointer<UInt8>>, isReference: Bool) -> Bool {
        guard value.count >= 8, let first = value.first, !"<${[%*&!@/.".utf8.contains(first), !isStandIn(value) else {
            return false
        }
        if value.starts(with: Array("ssh-".utf8)) || value.starts(with: Array("age1".utf8))
            || value.dropFirst(2).starts(with: Array(".public.".utf8))
        {
            return false
        }
        var run = Run()
        var longest = 0
        var total = Run()
        var hasSign = false
        for byte in value {
            total.add(byte)
            if run.add(byte) {
                if run.isMixed { longest = max(longest, run.count) }
            } else {
                run = Run()
                hasSign = hasSign || "!#$%^&*+=~?;".utf8.contains(byte)
            }
        }
        if longest >= (isReference ? 8 : 6) { return true }
        // Keys in base64 may have no such run, by chance.
        if total.count >= 28, total.isMixed, total.hasUpper, total.hasLower { return true }
        return !isReference && hasSign && total.hasLetter
    }

    /// What has been seen of a word.
    private struct Run {
        var count = 0
        var hasUpper = false
        var hasLower = false
        var hasDigit = false

        var hasLetter: Bool { hasUpper || hasLower }
        var isMixed: Bool { hasLetter && hasDigit }

        @discardableResult
        mutating func add(_ byte: UInt8) -> Bool {
            switch byte {
            case 48...57: hasDigit = true
            case 65...90: hasUpper = true
            case 97...122: hasLower = true
            default: return false
            }
            count += 1
            return true
        }
    }

    private static func isStandIn(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let lower = text.prefix(256).map { (65...90).contains($0) ? $0 | 32 : $0 }
        return lower.indices.contains { index in
            standIns[lower[index]]?.contains { lower[index...].starts(with: $0) } ?? false
        }
    }
}
