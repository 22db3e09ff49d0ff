/// One choice of algorithms for one protocol (RFC 7296 §3.3.1): of each type of transform that it lists, one is to be taken.
package struct Proposal: Hashable, Sendable {
    /// 1 for the first, and one more for each that follows; in an answer, that of the proposal chosen.
    package var number: UInt8
    package var proto: SecurityProtocol
    /// The sender's SPI: 4 bytes for ESP, 8 where an IKE SA is rekeyed, none in IKE_SA_INIT.
    package var spi: [UInt8]
    package var transforms: [Transform]

    package init(number: UInt8, proto: SecurityProtocol, spi: [UInt8] = [], transforms: [Transform]) {
        self.number = number
        self.proto = proto
        self.spi = spi
        self.transforms = transforms
    }
}

/// One algorithm of a proposal (RFC 7296 §3.3.2).
package struct Transform: Hashable, Sendable {
    package var type: TransformType
    /// IANA's number within the type.
    package var identifier: UInt16
    /// The Key Length attribute, in bits.
    package var keyLength: UInt16?
    /// Whether it has an attribute that the product does not know, in which case it must not be chosen (RFC 7296 §3.3.6).
    package var hasUnknownAttribute = false

    package init(_ type: TransformType, _ identifier: UInt16, keyLength: UInt16? = nil) {
        self.type = type
        self.identifier = identifier
        self.keyLength = keyLength
    }
}
