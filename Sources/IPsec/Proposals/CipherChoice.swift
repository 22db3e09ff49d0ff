/// A cipher, with what checks integrity where the cipher does not.
struct CipherChoice {
    let encryption: EncryptionAlgorithm
    let integrity: IntegrityAlgorithm?

    /// `nil` where a proposal does not have the cipher, or nothing that the profile lets go with it. An AEAD goes with nothing
    /// else (RFC 5282 §8).
    init?(_ encryption: EncryptionAlgorithm, in proposal: Proposal, _ profile: Profile) {
        guard proposal.transforms(.encryption).contains(Transform(encryption)) else { return nil }
        if encryption.isAuthenticated {
            guard proposal.allowsNone(.integrity) else { return nil }
            integrity = nil
        } else {
            let offered = proposal.transforms(.integrity)
            guard let integrity = profile.integrities.first(where: { offered.contains(Transform($0)) }) else {
                return nil
            }
            self.integrity = integrity
        }
        self.encryption = encryption
    }
}
