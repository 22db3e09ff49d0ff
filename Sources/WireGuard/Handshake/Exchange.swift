/// What a peer's handshakes leave behind: made with the first message of one, and gone when there is a session and no cookie.
final class Exchange {
    /// Our initiation that waits for its response.
    var initiation: (index: UInt32, noise: NoiseInitiator)?
    var cookies: CookieJar

    init(with peer: PublicKey) {
        cookies = CookieJar(peer: peer)
    }
}
