internal import AEAD
internal import OpenSSL

/// One session of a peer: two keys, two counters, two indices.
final class Keypair {
    // Invariant of `unowned(unsafe)`: a peer outlives its keypairs, as `Device` drops them from the index table with the peer.
    unowned(unsafe) let peer: Peer
    let sending: AEADKey
    let receiving: AEADKey
    /// Where the peer's data messages are addressed to, and ours.
    let localIndex: UInt32
    let remoteIndex: UInt32
    var age: SessionAge
    var window = ReplayWindow()

    init(
        peer: Peer, keys: SessionKeys, localIndex: UInt32, remoteIndex: UInt32, isInitiator: Bool, created: Instant
    ) {
        self.peer = peer
        sending = AEADKey(keys.sending)
        receiving = AEADKey(keys.receiving)
        self.localIndex = localIndex
        self.remoteIndex = remoteIndex
        age = SessionAge(isInitiator: isInitiator, created: created)
    }
}
