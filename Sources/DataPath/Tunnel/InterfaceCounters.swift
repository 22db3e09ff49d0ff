/// Packets and bytes inside the tunnel, since the interface was made.
struct InterfaceCounters: Hashable, Sendable {
    /// From peers, decrypted and let in.
    var receivedPackets: UInt64 = 0
    var receivedBytes: UInt64 = 0
    /// To peers.
    var sentPackets: UInt64 = 0
    var sentBytes: UInt64 = 0
    var droppedByPolicy: UInt64 = 0
    /// For an address that is no peer's, or a peer whose endpoint is not known.
    var droppedNoPeer: UInt64 = 0
    /// Not decryptable, malformed, from a wrong source address, or refused by the kernel.
    var droppedInvalid: UInt64 = 0
}
