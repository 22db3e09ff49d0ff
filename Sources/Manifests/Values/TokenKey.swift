/// The public key of someone who may sign join tokens: PASERK `k4.public`, an Ed25519 key.
package struct TokenKey: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// 32 bytes.
    package let publicKey: [UInt8]

    package init?(publicKey: [UInt8]) {
        guard publicKey.count == 32 else { return nil }
        self.publicKey = publicKey
    }

    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64.url.decode(text.dropFirst(Self.prefix.count)) else {
            return nil
        }
        self.init(publicKey: bytes)
    }

    package var description: String { Self.prefix + Base64.url.encode(publicKey) }

    private static let prefix = "k4.public."
}
