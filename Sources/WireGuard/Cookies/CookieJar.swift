internal import OpenSSL
internal import Sodium
internal import Tunneling

/// The sending side of cookies: puts MAC1 and, with a cookie from the peer, MAC2 on handshake messages to it.
struct CookieJar {
    private let mac1Key: Bytes32
    private let peer: PublicKey
    private var cookie: [UInt8]?
    private var cookieSince = Instant(nanoseconds: 0)
    /// Of the last handshake message: a cookie reply is bound to it.
    private var lastMAC1: [UInt8]?

    var hasCookie: Bool { cookie != nil }

    init(peer: PublicKey) {
        mac1Key = MessageMACs.key(Constants.mac1Label, of: peer)
        self.peer = peer
    }

    /// Appends both MACs to a message that ends before them.
    mutating func seal(_ message: inout [UInt8], now: Instant) {
        let mac1 = message.withUnsafeBytes { MessageMACs.mac1(key: mac1Key, $0) }
        message += mac1
        lastMAC1 = mac1
        guard let cookie, now - cookieSince < Constants.cookieLifetime else {
            self.cookie = nil
            message += [UInt8](repeating: 0, count: MessageMACs.count)
            return
        }
        message += message.withUnsafeBytes { MessageMACs.mac2(cookie: cookie, $0) }
    }

    /// Keeps the cookie for the next message. `false` when the reply does not belong to our last message.
    mutating func take(_ reply: CookieReply, now: Instant) -> Bool {
        let replyKey = MessageMACs.key(Constants.cookieLabel, of: peer)
        guard let lastMAC1,
            let cookie = XChaCha20Poly1305.open(
                reply.sealedCookie, key: replyKey.array, nonce: reply.nonce, authenticating: lastMAC1)
        else { return false }
        self.cookie = cookie
        cookieSince = now
        // One reply per message: a second one with the same MAC1 is a replay.
        self.lastMAC1 = nil
        return true
    }
}
