/// What protects an IKE SA.
package struct IKESuite: Hashable, Sendable {
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
}

/// What protects a CHILD SA.
package struct ESPSuite: Hashable, Sendable {
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
}
