/// The algorithms that protect a security association.
package protocol Suite: Hashable, Sendable, CustomStringConvertible {
    /// How the protocol numbers its security associations.
    associatedtype SPI: FixedWidthInteger & UnsignedInteger & Hashable & Sendable
    /// Those below mean no security association.
    static var firstSPI: SPI { get }
    static var proto: SecurityProtocol { get }
    /// One of each type that the suite has a choice for.
    var transforms: [Transform] { get }
}

extension Suite {
    package var description: String { Proposal(number: 1, proto: Self.proto, transforms: transforms).description }
}

/// What protects an IKE SA.
package struct IKESuite: Suite {
    package typealias SPI = UInt64
    package static let firstSPI: UInt64 = 1
    package static let proto = SecurityProtocol.ike

    package let encryption: EncryptionAlgorithm
    /// `nil` with an AEAD.
    package let integrity: IntegrityAlgorithm?
    package let prf: PRFAlgorithm
    package let group: DHGroup

    package init(
        encryption: EncryptionAlgorithm, integrity: IntegrityAlgorithm?, prf: PRFAlgorithm, group: DHGroup
    ) {
        self.encryption = encryption
        self.integrity = integrity
        self.prf = prf
        self.group = group
    }

    package var transforms: [Transform] {
        [Transform(encryption)] + (integrity.map { [Transform($0)] } ?? []) + [Transform(prf), Transform(group)]
    }
}

/// What protects a CHILD SA.
package struct ESPSuite: Suite {
    package typealias SPI = UInt32
    /// RFC 4303 §2.1: up to 255 they are IANA's.
    package static let firstSPI: UInt32 = 256
    package static let proto = SecurityProtocol.esp

    package let encryption: EncryptionAlgorithm
    /// `nil` with an AEAD.
    package let integrity: IntegrityAlgorithm?
    /// The group of a Diffie-Hellman exchange of its own; `nil` where the keys come from the IKE SA's alone.
    package let group: DHGroup?
    /// Extended (64-bit) sequence numbers (RFC 4303 §2.2.1).
    package let usesESN: Bool

    package init(
        encryption: EncryptionAlgorithm, integrity: IntegrityAlgorithm?, group: DHGroup? = nil, usesESN: Bool
    ) {
        self.encryption = encryption
        self.integrity = integrity
        self.group = group
        self.usesESN = usesESN
    }

    package var transforms: [Transform] {
        [Transform(encryption)] + (integrity.map { [Transform($0)] } ?? [])
            + (group.map { [Transform($0)] } ?? []) + [Transform(usesESN: usesESN)]
    }
}
