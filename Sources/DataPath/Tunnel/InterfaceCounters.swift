/// Packets and bytes inside the tunnel, since the interface was made.
package struct InterfaceCounters: Hashable, Sendable {
    /// From peers, decrypted and let in.
    package internal(set) var receivedPackets: UInt64 = 0
    package internal(set) var receivedBytes: UInt64 = 0
    /// To peers.
    package internal(set) var sentPackets: UInt64 = 0
    package internal(set) var sentBytes: UInt64 = 0
    package internal(set) var droppedByPolicy: UInt64 = 0
    /// For an address that is no peer's, or a peer whose endpoint is not known.
    package internal(set) var droppedNoPeer: UInt64 = 0
    /// Not decryptable, malformed, from a wrong source address, to or from what this machine does not stand for, too long
    /// for a datagram, or refused by the kernel.
    package internal(set) var droppedInvalid: UInt64 = 0

    static func + (a: InterfaceCounters, b: InterfaceCounters) -> InterfaceCounters {
        var sum = a
        sum.receivedPackets += b.receivedPackets
        sum.receivedBytes += b.receivedBytes
        sum.sentPackets += b.sentPackets
        sum.sentBytes += b.sentBytes
        sum.droppedByPolicy += b.droppedByPolicy
        sum.droppedNoPeer += b.droppedNoPeer
        sum.droppedInvalid += b.droppedInvalid
        return sum
    }
}
