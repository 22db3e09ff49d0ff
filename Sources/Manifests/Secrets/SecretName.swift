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
        for _ in 0..<4 where end > 0 && " \t\"'".utf8.contains(bytes[end - 1]) { end -= 1 }
        guard end > 2, isLast[Int(bytes[end - 1])] else { return nil }
        return all.first { $0.ends(before: end, in: bytes) }
    }

    private func ends(before end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = end
        for (position, letter) in letters.enumerated().reversed() {
            guard index > 0 else { return false }
            if position < letters.count - 1, "-_ ".utf8.contains(bytes[index - 1]) { index -= 1 }
            guard index > 0, bytes[index - 1] | 32 == letter else { return false }
            index -= 1
        }
        return true
    }

    /// Letters that a name can end with.
    private static let isLast: [Bool] = (0...255).map { (byte: UInt8) in
        all.contains { $0.letters.last == byte | 32 }
    }
}
