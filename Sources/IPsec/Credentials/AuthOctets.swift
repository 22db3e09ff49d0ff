package import OpenSSL

/// What an AUTH payload covers (RFC 7296 §2.15): the sender's first message as it was sent, the other side's nonce, and the MAC of the
/// sender's identity.
package struct AuthOctets: Sendable {
    let bytes: [UInt8]
    let prf: PRF

    /// - Parameters:
    ///   - message: The sender's IKE_SA_INIT message, from the IKE header on; the one that was answered, where there were several.
    ///   - nonce: What the other side's nonce payload holds.
    ///   - key: SK_pi for the initiator's AUTH, SK_pr for the responder's.
    package init(
        prf: PRFAlgorithm, message: [UInt8], nonce: [UInt8], key: SecretBytes, identification: Identification
    ) {
        self.prf = PRF(prf)
        bytes = message + nonce + self.prf.compute(key: key, identification.body)
    }
}
