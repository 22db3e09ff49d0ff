/// The sessions of a peer.
///
///     initiator: response comes   ─▶ new is `current`; the former `current` (or a `next` that waited) is `previous`
///     responder: response goes    ─▶ new is `next`, until the first message under it proves that the peer has it
///                message under it ─▶ `next` becomes `current`, the former `current` is `previous`
///
/// Each change returns the keypairs that fell out, whose indices are to be freed.
struct KeypairSet {
    private(set) var current: Keypair?
    private(set) var previous: Keypair?
    private(set) var next: Keypair?

    var all: [Keypair] { [current, previous, next].compactMap { $0 } }

    mutating func install(_ keypair: Keypair) -> [Keypair] {
        var dropped: [Keypair?]
        if keypair.age.isInitiator {
            if let next {
                dropped = [previous, current]
                previous = next
                self.next = nil
            } else {
                dropped = [previous]
                previous = current
            }
            current = keypair
        } else {
            // `previous` stays: when both sides had begun at once, it is what the peer sends under until it learns of this one.
            dropped = [next]
            next = keypair
        }
        return dropped.compactMap { $0 }
    }

    /// A genuine message came under `next`.
    mutating func confirmNext() -> [Keypair] {
        let dropped = previous
        previous = current
        current = next
        next = nil
        return dropped.map { [$0] } ?? []
    }

    mutating func removeAll() -> [Keypair] {
        let dropped = all
        self = KeypairSet()
        return dropped
    }
}
