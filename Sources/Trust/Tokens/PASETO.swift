package import Sodium

/// PASETO v4.public (paseto-standard/paseto-spec, 01-Protocol-Versions/Version4.md): a signed message in one word of text.
package struct PASETO: Hashable, Sendable {
    /// The longest token that is read, in bytes of text.
    package static let maximumLength = 16 << 10
    static let header = "v4.public."

    package let message: [UInt8]
    /// Signed but readable without a key: says which key to use.
    package let footer: [UInt8]
    private let signature: [UInt8]

    /// Signs a message.
    /// - Parameter implicitAssertion: signed, but not part of the token: both sides must know it.
    package init(
        signing message: [UInt8], footer: [UInt8] = [], implicitAssertion: [UInt8] = [], by key: Ed25519.PrivateKey
    ) {
        self.message = message
        self.footer = footer
        signature = key.sign(Self.signedBytes(message, footer, implicitAssertion))
    }

    /// Takes a token apart; nothing in it is true before `verify` says so.
    package init(parsing text: some StringProtocol) throws(TokenError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw TokenError(.malformed, "a token of \(text.utf8.count) bytes; \(Self.maximumLength) are allowed")
        }
        guard text.hasPrefix(Self.header) else { throw TokenError(.malformed, "not a v4.public token") }
        let parts = text.dropFirst(Self.header.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2, parts.last?.isEmpty == false else {
            throw TokenError(.malformed, "not three or four parts")
        }
        guard let body = Base64.decode(parts[0], .urlSafe), body.count >= Ed25519.signatureCount,
            let footer = parts.count == 2 ? Base64.decode(parts[1], .urlSafe) : []
        else { throw TokenError(.malformed, "not base64url of a message and its signature") }
        message = Array(body.dropLast(Ed25519.signatureCount))
        signature = Array(body.suffix(Ed25519.signatureCount))
        self.footer = footer
    }

    /// The message, once the key has signed it with this footer and assertion.
    package func verify(by key: Ed25519.PublicKey, implicitAssertion: [UInt8] = []) throws(TokenError) -> [UInt8] {
        guard key.isValid(signature, for: Self.signedBytes(message, footer, implicitAssertion)) else {
            throw TokenError(.badSignature, "the signature is not the key's")
        }
        return message
    }

    /// The token.
    package var text: String {
        let body = Self.header + Base64.encode(message + signature, .urlSafe)
        return footer.isEmpty ? body : body + "." + Base64.encode(footer, .urlSafe)
    }

    private static func signedBytes(_ message: [UInt8], _ footer: [UInt8], _ assertion: [UInt8]) -> [UInt8] {
        preAuthenticationEncoding([Array(header.utf8), message, footer, assertion])
    }

    /// The count of the pieces, then each after its length, as 64-bit little-endian integers (02-Implementation-Guide/Common.md).
    static func preAuthenticationEncoding(_ pieces: [[UInt8]]) -> [UInt8] {
        func littleEndian(_ number: Int) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        return pieces.reduce(into: littleEndian(pieces.count)) { $0 += littleEndian($1.count) + $1 }
    }
}
