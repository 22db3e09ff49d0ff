internal import Tunneling

/// What an authentication has made, and rekeying of the IKE SA carries on: a peer, the way to it, and the CHILD SAs with it.
final class Session: Timed {
    /// The connection as it was when this began, but for what `IKEHost.put` may change in flight.
    var connection: Connection
    let peer: Identity
    let proof: PeerProof
    /// Whether we began it.
    let isInitiator: Bool
    /// The IKE SA that our requests go by.
    var current: UInt64
    /// All its IKE SAs: the current one, the rival of a rekeying, and those that were replaced and are not ended yet.
    var ids: [UInt64]
    let established: Instant
    /// When the IKE_SA_INIT of it came or went.
    let begun: Instant
    var path: IKEPath
    var abilities: PeerAbilities
    var children: [Child] = []
    /// When something authentic of the peer's came last.
    var lastInbound: Instant
    var rekeyAt: Instant
    var expiresAt: Instant
    var validity: Validity
    /// When that is to be looked at.
    var validityCheckAt = Instant.never
    /// What the peer's rekeying of the IKE SA has made at the time of our own.
    var rival: (id: UInt64, lowestNonce: Nonce)?
    /// The same of a CHILD SA. It outlives the one that both replace.
    var childRival: Child.Rival?
    /// Another session with the same peer has taken its place; it goes by itself if the peer does not end it.
    var supersededUntil: Instant?
    /// It is over but for packets that are still on their way.
    var isClosed = false
    /// Given to the peer, or by it.
    var addresses = AssignedAddresses()
    /// To be had again after a moment: a CHILD SA that did not come about.
    var retryChildAt = Instant.never
    var childRetries = 0
    static let maximumChildRetries = 8
    var livenessAt: Instant
    /// When we asked whether it is there last.
    var checkedAt: Instant?
    /// Between checks that others make us do.
    static let checkPause = Instant.Span.seconds(10)
    var keepaliveAt: Instant
    var slot: UInt32 = 0

    init(
        connection: Connection, peer: Identity, proof: PeerProof, isInitiator: Bool, current: UInt64, begun: Instant,
        path: IKEPath, abilities: PeerAbilities, validity: Validity, rekeyAt: Instant, now: Instant
    ) {
        self.connection = connection
        self.peer = peer
        self.proof = proof
        self.validity = validity
        self.isInitiator = isInitiator
        self.current = current
        ids = [current]
        self.begun = begun
        self.path = path
        self.abilities = abilities
        self.rekeyAt = rekeyAt
        established = now
        expiresAt = now + connection.lifetimes.ike
        lastInbound = now
        livenessAt = now + connection.liveness.interval
        keepaliveAt = abilities.isBehindNAT.ours ? now + connection.liveness.keepalive : .never
    }

    var deadline: Instant {
        var earliest = Instant.never
        for child in children { earliest = min(earliest, child.deadline) }
        guard !isClosed else { return earliest }
        earliest = min(earliest, min(min(rekeyAt, expiresAt), min(livenessAt, keepaliveAt)))
        return min(earliest, min(min(retryChildAt, validityCheckAt), supersededUntil ?? .never))
    }

    // MARK: Children

    func index(ofInbound spi: UInt32) -> Int? { children.firstIndex { $0.inboundSPI == spi } }

    /// By the SPI that the peer calls it by.
    func index(ofOutbound spi: UInt32) -> Int? { children.firstIndex { $0.outboundSPI == spi && !$0.isRetired } }

    func child(_ inboundSPI: UInt32) -> Child? { index(ofInbound: inboundSPI).map { children[$0] } }

    /// What has taken over from a CHILD SA, perhaps by way of others.
    func successor(of inboundSPI: UInt32) -> UInt32? {
        for child in children.reversed() where child.replaces == inboundSPI {
            if child.state == .live { return child.inboundSPI }
            if let later = successor(of: child.inboundSPI) { return later }
        }
        return nil
    }

    /// The SA that packets go out by.
    var newestSending: UInt32? {
        children.last { $0.isSending && ($0.state == .live || $0.state == .superseded) }?.inboundSPI
    }

    var hasUsableChild: Bool { children.contains { $0.state == .live || $0.state == .superseded } }
}

/// What a peer can do, and how it is reached, as IKE_SA_INIT and IKE_AUTH tell.
struct PeerAbilities {
    /// RFC 7383.
    var fragments = false
    /// RFC 7427; `nil`: the peer knows nothing of such signatures.
    var signatureHashes: Set<HashAlgorithm>?
    /// RFC 4555.
    var mobike = false
    /// Whether there is a NAT before us, and one before the peer (RFC 7296 §2.23).
    var isBehindNAT = (ours: false, theirs: false)
}
