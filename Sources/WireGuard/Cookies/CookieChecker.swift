internal import Addressing
internal import OpenSSL
internal import Sodium
internal import Tunneling

/// The receiving side of cookies (paper §5.3, §5.4.7): checks the MACs of handshake messages to this device, and makes the
/// replies that ask a sender to prove its address.
struct CookieChecker {
    let mac1Key: Bytes32
    private let replyKey: Bytes32
    private var secret: SecretKey?
    private var secretSince: Instant?

    init(publicKey: PublicKey) {
        mac1Key = MessageMACs.key(Constants.mac1Label, of: publicKey)
        replyKey = MessageMACs.key(Constants.cookieLabel, of: publicKey)
    }

    /// Whether the sender knows our public key. The message is an initiation or a response of the right length.
    func hasValidMAC1(_ message: UnsafeRawBufferPointer) -> Bool {
        MessageMACs.isValidMAC1(of: message, key: mac1Key)
    }

    /// Whether the sender has got a cookie that we sent to this address not long ago.
    func hasValidMAC2(_ message: UnsafeRawBufferPointer, from source: Endpoint, now: Instant) -> Bool {
        guard let secret, let secretSince, now - secretSince < Constants.cookieLifetime else { return false }
        let end = message.count - MessageMACs.count
        let mac = MessageMACs.mac2(
            cookie: Self.cookie(secret, source), UnsafeRawBufferPointer(rebasing: message[..<end]))
        return MessageMACs.equal(mac, UnsafeRawBufferPointer(rebasing: message[end...]))
    }

    /// The answer to a message whose MAC1 is valid.
    mutating func reply(
        to message: UnsafeRawBufferPointer, from source: Endpoint, now: Instant, environment: Environment
    ) -> [UInt8]? {
        let secret = currentSecret(now, environment)
        var nonce = [UInt8](repeating: 0, count: XChaCha20Poly1305.nonceCount)
        nonce.withUnsafeMutableBytes { environment.random($0) }
        let mac1 = message.count - 2 * MessageMACs.count
        let sealed = XChaCha20Poly1305.seal(
            Self.cookie(secret, source), key: replyKey.array, nonce: nonce,
            authenticating: Array(message[mac1..<(mac1 + MessageMACs.count)]))
        guard let sealed else { return nil }
        return CookieReply(receiver: message.littleEndian32(at: 4), nonce: nonce, sealedCookie: sealed).bytes
    }

    private mutating func currentSecret(_ now: Instant, _ environment: Environment) -> SecretKey {
        if let secret, let secretSince, now - secretSince < Constants.cookieLifetime { return secret }
        let fresh = SecretKey { environment.random($0) }
        secret = fresh
        secretSince = now
        return fresh
    }

    private static func cookie(_ secret: SecretKey, _ source: Endpoint) -> [UInt8] {
        let bytes = source.address.bytes + [UInt8(source.port >> 8), UInt8(truncatingIfNeeded: source.port)]
        return secret.withUnsafeBytes { key in bytes.withUnsafeBytes { MessageMACs.mac(key: key, $0) } }
    }
}
