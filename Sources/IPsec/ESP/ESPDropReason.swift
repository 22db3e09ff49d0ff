/// Why nothing came of an ESP packet of a peer's.
@frozen
package enum ESPDropReason: UInt8, Equatable, Sendable, CaseIterable {
    /// Too short, or not whole blocks.
    case malformed
    /// An SPI that is no SA's.
    case unknownSPI
    /// A check value that does not verify.
    case unauthenticated
    /// A sequence number that was there before, is too old, or cannot be.
    case replayed
    /// What it holds is no IPv4 or IPv6 packet, or not the one that its trailer says.
    case notIP
    /// The packet is not what the SA was negotiated for (RFC 4301 §5.2).
    case outsideSelectors
}
