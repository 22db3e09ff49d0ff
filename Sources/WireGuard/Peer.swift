internal import Addressing
internal import OpenSSL
internal import Synchronization
internal import Tunneling

/// What a device knows of one peer. There may be a hundred thousand that are quiet: what a quiet one has no need of is apart.
final class Peer {
    let id: PeerID
    let publicKey: PublicKey
    var presharedKey = SecretKey.zero
    private let currentPath = Mutex<Path?>(nil)

    // What lanes read, and the device changes by `DeviceTables.change`.

    var keypairs = KeypairSet()
    /// Whether packets wait for a session, which are to go before what other lanes have.
    var isHeldBack = false

    // What is the device's own.

    /// Seconds; 0: off.
    var persistentKeepalive: UInt16 = 0
    /// Whether it is in the device's backlog, to be sent an initiation.
    var isInitiationWaiting = false
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

    /// Where it is, and what we answer it from. Any lane reads it, and changes it when the peer has moved: the very next packet
    /// is to go there.
    var path: Path? {
        get { currentPath.withLock { $0 } }
        set { currentPath.withLock { $0 = newValue } }
    }

    /// A genuine message came by this path.
    func move(to path: Path) {
        currentPath.withLock { if $0 != path { $0 = path } }
    }

    func forgetSource(where isGone: (LocalSource) -> Bool = { _ in true }) {
        currentPath.withLock { path in
            if let source = path?.source, isGone(source) { path = path.map { Path(endpoint: $0.endpoint) } }
        }
    }

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
}
