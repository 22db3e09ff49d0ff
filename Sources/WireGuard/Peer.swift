internal import Addressing
internal import OpenSSL

/// What a device knows of one peer. There may be a hundred thousand that are quiet: what a quiet one has no need of is apart.
final class Peer {
    let id: PeerID
    let publicKey: PublicKey
    var presharedKey = SecretKey.zero
    /// Where it is, and what we answer it from.
    var path: Path?
    /// Seconds; 0: off.
    var persistentKeepalive: UInt16 = 0
    /// Whether it is in the device's backlog, to be sent an initiation.
    var isInitiationWaiting = false

    var keypairs = KeypairSet()
    var exchange: Exchange?
    var timers = PeerTimers()
    var pending = PendingPackets()

    /// The greatest stamp that an initiation of the peer had: replays are not greater.
    var lastReceivedStamp = TAI64N.zero
    var lastInitiationReceived: Instant?
    /// Of our own initiations: the next is greater even when the clock is set back.
    var lastSentStamp = TAI64N.zero
    /// Of an initiation or a response.
    var lastHandshakeSent: Instant?

    var lastHandshake: WallTime?
    var statistics = PeerStatistics()

    private var staticShared: SecretKey?

    init(id: PeerID, publicKey: PublicKey) {
        self.id = id
        self.publicKey = publicKey
    }

    func beginExchange() -> Exchange {
        if let exchange { return exchange }
        let begun = Exchange(with: publicKey)
        exchange = begun
        return begun
    }

    /// There is a session: only a cookie is of use still, for the next handshake.
    func endExchange() {
        guard let exchange, exchange.initiation == nil, !exchange.cookies.hasCookie else { return }
        self.exchange = nil
    }

    /// X25519 of the two static keys, computed once; `nil` when the peer's key is of small order.
    func staticShared(with identity: Identity) -> SecretKey? {
        if let staticShared { return staticShared }
        staticShared = identity.key.sharedSecret(with: publicKey)
        return staticShared
    }

    func forgetStaticShared() { staticShared = nil }

    func forgetSource() {
        if let path, path.source != nil { self.path = Path(endpoint: path.endpoint) }
    }
}
