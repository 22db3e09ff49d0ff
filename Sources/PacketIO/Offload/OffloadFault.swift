/// Why a packet with a `VirtioNetHeader` makes no sense and is to be dropped.
package enum OffloadFault: Error, Hashable, Sendable {
    /// A packet without a byte, or longer than IP allows.
    case length(Int)
    /// Segmentation that is not known or was not asked for.
    case unknownSegmentation(VirtioNetHeader.SegmentationType)
    /// A large packet without a segment size.
    case noSegmentSize
    /// The checksum's place is outside of the packet, or not where the packet's protocol has it.
    case checksumPlace
    /// The packet is not of the protocol that its segmentation is for.
    case protocolMismatch
    /// A header that ends outside of the packet, or is too short.
    case header
    /// A length field that contradicts the packet's length.
    case lengthField
    /// Fragments cannot be segmented.
    case fragment
}
