package import Tunneling

/// Leave to seal some packets for one peer: under which session, and where they go.
package struct SealingRun {
    let keypair: Keypair
    let peer: Peer
    /// Where the datagrams go, and what they leave from.
    package let path: Path
    /// The tunnel's: padding does not take a packet past it.
    private let mtu: Int
    private var nextCounter: UInt64
    private let endCounter: UInt64
    /// Whom it is for.
    package var peerID: PeerID { peer.id }
    package var isFull: Bool { nextCounter == endCounter }
    /// What was sealed: packets, and bytes of datagrams.
    package private(set) var packets = 0
    package private(set) var bytes = 0

    init(keypair: Keypair, peer: Peer, path: Path, mtu: Int, counters: Range<UInt64>) {
        self.keypair = keypair
        self.peer = peer
        self.path = path
        self.mtu = mtu
        nextCounter = counters.lowerBound
        endCounter = counters.upperBound
    }

    /// Bytes from a packet's beginning to the end of its datagram.
    package func sealedCount(_ count: Int) -> Int { DataHeader.paddedCount(count, mtu: mtu) + DataHeader.tagCount }

    /// Pads a packet and writes the header before it; returns the next counter, and how much there is to encrypt.
    @inline(__always)
    mutating func frame(_ packet: UnsafeMutableRawPointer, count: Int) -> (counter: UInt64, padded: Int) {
        precondition(nextCounter < endCounter, "more packets than the run was begun for")
        let counter = nextCounter
        nextCounter += 1
        let padded = DataHeader.paddedCount(count, mtu: mtu)
        if padded > count { (packet + count).initializeMemory(as: UInt8.self, repeating: 0, count: padded - count) }
        DataHeader.write(receiver: keypair.remoteIndex, counter: counter, to: packet - DataHeader.count)
        packets += 1
        bytes += DataHeader.count + padded + DataHeader.tagCount
        return (counter, padded)
    }
}

/// Whether packets can be sealed for a peer.
package enum Sealing {
    case session(SealingRun)
    /// Not yet: `enqueue` keeps each packet until there is a session.
    case noSession
    case dropped(DropReason)
}
