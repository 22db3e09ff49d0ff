/// Names that the value behind them makes a secret.
struct SecretName: Sendable {
    /// In small letters, without `-`, `_` and blanks between words.
    let letters: [UInt8]
    /// For messages.
    let what: String
    /// Whether it is also the name of a field that names a secret, and does not hold one.
    let isReference: Bool

    private init(_ name: String, _ what: String, isReference: Bool = false) {
        letters = Array(name.utf8)
        self.what = what
        self.isReference = isReference
    }

    static let all = [
        SecretName("privatekey", "a private key"),
        SecretName("presharedkey", "a preshared key"),
        SecretName("psk", "a preshared key"),
        SecretName("secretkey", "a secret key"),
        SecretName("secretaccesskey", "a secret key"),
        SecretName("apikey", "an API key", isReference: true),
        SecretName("authkey", "a key", isReference: true),
        SecretName("password", "a password"),
        SecretName("passwd", "a password"),
        SecretName("passphrase", "a passphrase"),
        SecretName("secret", "a secret", isReference: true),
        SecretName("token", "a token", isReference: true),
    ]

    /// The name that ends before `end`: `wireguard.privateKey`, `"preshared_key"`, `Private Key`.
    static func ending(before end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> SecretName? {
        var end = end
        // A quote that closes the name, and blanks, of which nobody writes many.
        for _ in 0..<4 where end > 0 && isPadding(bytes[end - 1]) { end -= 1 }
        guard end > 2 else { return nil }
        for name in byLastLetter[Int(bytes[end - 1])] where name.ends(before: end, in: bytes) { return name }
        return nil
    }

    private func ends(before end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = end
        var position = letters.count
        while position > 0 {
            position -= 1
            guard index > 0 else { return false }
            if position < letters.count - 1, Self.isJoint(bytes[index - 1]) { index -= 1 }
            guard index > 0, bytes[index - 1] | 32 == letters[position] else { return false }
            index -= 1
        }
        return true
    }

    private static func isPadding(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\"")
            || byte == UInt8(ascii: "'")
    }

    private static func isJoint(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: " ")
    }

    /// In the order of `all`, for each byte that a name can end with.
    private static let byLastLetter: [[SecretName]] = (0...255).map { (byte: UInt8) in
        all.filter { $0.letters.last == byte | 32 }
    }
}
