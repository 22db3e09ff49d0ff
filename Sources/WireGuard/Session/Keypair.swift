internal import OpenSSL

/// One session of a peer: two keys, two counters, two indices.
final class Keypair {
    // Invariant of `unowned(unsafe)`: a peer outlives its keypairs, as `Device` drops them from the index table with the peer.
    unowned(unsafe) let peer: Peer
    let sending: ChaCha20Poly1305
    let receiving: ChaCha20Poly1305
    /// Where the peer's data messages are addressed to, and ours.
    let localIndex: UInt32
    let remoteIndex: UInt32
    let isInitiator: Bool
    let created: Instant
    var sendCounter: UInt64 = 0
    var window = ReplayWindow()

    init(
        peer: Peer, keys: SessionKeys, localIndex: UInt32, remoteIndex: UInt32, isInitiator: Bool, created: Instant
    ) {
        self.peer = peer
        sending = ChaCha20Poly1305(.sealing, key: keys.sending)
        receiving = ChaCha20Poly1305(.opening, key: keys.receiving)
        self.localIndex = localIndex
        self.remoteIndex = remoteIndex
        self.isInitiator = isInitiator
        self.created = created
    }

    @inline(__always)
    func isTooOld(at now: Instant) -> Bool { now - created >= Constants.rejectAfterTime }

    @inline(__always)
    func canSend(at now: Instant) -> Bool {
        sendCounter < Constants.rejectAfterMessages && !isTooOld(at: now)
    }

    /// No more is sent with it; what is under way to us is still taken.
    func retire() { sendCounter = Constants.rejectAfterMessages }
}
