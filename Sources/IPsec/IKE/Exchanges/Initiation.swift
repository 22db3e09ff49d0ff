internal import Tunneling

/// IKE_SA_INIT as we began it (RFC 7296 §1.2), until it is answered.
struct Initiation {
    let connection: Connection
    let nonce: Nonce
    var keyExchange: KeyExchange
    var cookie: [UInt8] = []
    /// The request as it went out last: AUTH covers it.
    var message: [UInt8] = []
    /// Why it seems to come to nothing. Whoever says so proves nothing: it is believed if nothing better comes in time.
    var doubt: IKEFailure?
    /// How often the peer has made us begin again. Nobody vouches for such an answer, so this has an end.
    var restarts = 0
    static let maximumRestarts = 4
}

/// IKE_SA_INIT as we answered it, until the initiator proves who it is.
struct HalfOpen {
    let origin: HalfOpenTable.Origin
    let exchange: InitExchange
    let suite: IKESuite
    let keyExchange: KeyExchange
    /// The peer's public value. The secret is computed when the first IKE_AUTH comes: a flood of IKE_SA_INIT costs one half of a
    /// Diffie-Hellman exchange each.
    let peerValue: [UInt8]
    let abilities: PeerAbilities
}

/// What IKE_SA_INIT has left for IKE_AUTH: the messages and nonces that AUTH payloads cover (RFC 7296 §2.15).
struct InitExchange {
    let initiatorNonce: Nonce
    let responderNonce: Nonce
    let initiatorMessage: [UInt8]
    let responderMessage: [UInt8]
    let begun: Instant

    /// What the AUTH payload of one side covers.
    func octets(ofInitiator: Bool, _ keys: IKEKeys, _ suite: IKESuite, _ identification: Identification) -> AuthOctets {
        ofInitiator
            ? AuthOctets(
                prf: suite.prf, message: initiatorMessage, nonce: responderNonce.bytes, key: keys.pi,
                identification: identification)
            : AuthOctets(
                prf: suite.prf, message: responderMessage, nonce: initiatorNonce.bytes, key: keys.pr,
                identification: identification)
    }
}
