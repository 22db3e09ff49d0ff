internal import AEAD
internal import OpenSSL
internal import Synchronization
internal import Tunneling

/// One session of a peer: two keys, two counters, two indices. Lanes of all threads use it.
final class Keypair: @unchecked Sendable {
    // Unchecked for this alone, of which other threads read what never changes.
    // Invariant of `unowned(unsafe)`: a peer outlives its keypairs in the device's tables, as it goes with them; who holds a
    // keypair longer holds the peer as well, or finds it in the tables first (`Passage`).
    unowned(unsafe) let peer: Peer
    let sending: AEADKey
    let receiving: AEADKey
    /// Where the peer's data messages are addressed to, and ours.
    let localIndex: UInt32
    let remoteIndex: UInt32
    let age: SessionAge
    /// Held for the messages of one run at a time. A peer's datagrams come to one lane, but for the moment when it roams.
    let window = Mutex(ReplayWindow(limit: Constants.rejectAfterMessages))

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
