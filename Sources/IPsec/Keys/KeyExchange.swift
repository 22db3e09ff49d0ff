package import OpenSSL

/// Our half of a Diffie-Hellman exchange, for one use.
package struct KeyExchange: Sendable {
    package let group: DHGroup
    private let agreement: KeyAgreement

    /// A new key. OpenSSL makes it, by its own generator: a FIPS provider takes none from elsewhere.
    package init(_ group: DHGroup) {
        self.group = group
        agreement = KeyAgreement(KeyAgreement.Group(group))
    }

    /// A key that exists already.
    init(_ group: DHGroup, pkcs8: SecretBytes) throws(KeyRefusal) {
        self.group = group
        agreement = try KeyAgreement(KeyAgreement.Group(group), pkcs8: pkcs8)
    }

    /// What goes into the KE payload.
    package var publicValue: [UInt8] { agreement.publicValue }

    /// g^ir with what the peer's KE payload holds. A value that is not of the group, or would make the secret known, is refused
    /// (RFC 6989, RFC 8031 §4).
    package func sharedSecret(with peer: [UInt8]) throws(KeyAgreementRefusal) -> SecretBytes {
        try agreement.sharedSecret(with: peer)
    }
}

extension KeyAgreement.Group {
    init(_ group: DHGroup) {
        self =
            switch group {
            case .modp2048: .modp2048
            case .modp3072: .modp3072
            case .modp4096: .modp4096
            case .ecp256: .p256
            case .ecp384: .p384
            case .curve25519: .x25519
            }
    }
}
