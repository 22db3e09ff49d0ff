package import OpenSSL

/// The keys of a CHILD SA, one run of KEYMAT a direction: the cipher's key, its salt, and the integrity key where there is one
/// (RFC 7296 §2.17, RFC 4106 §8.1, RFC 7634 §2).
package struct ChildKeys: Sendable {
    /// Of what the exchange's initiator sends.
    package let initiator: SecretBytes
    /// Of what its responder sends.
    package let responder: SecretBytes

    /// KEYMAT = prf+(SK_d, Ni | Nr), or prf+(SK_d, g^ir | Ni | Nr) where the exchange had a Diffie-Hellman exchange of its own.
    ///
    /// The nonces are those of the exchange that makes the CHILD SA: IKE_SA_INIT's for the first. Its initiator is who began that
    /// exchange, not who began the IKE SA.
    package static func derive(
        _ suite: ESPSuite, prf: PRFAlgorithm, d: SecretBytes, sharedSecret: SecretBytes? = nil,
        initiatorNonce: [UInt8], responderNonce: [UInt8]
    ) -> ChildKeys {
        let count = suite.encryption.keyCount + suite.encryption.saltCount + (suite.integrity?.keyCount ?? 0)
        let all = PRF(prf).plus(
            key: d, seed: SecretBytes(sharedSecret, followedBy: initiatorNonce, responderNonce), count: 2 * count)
        return ChildKeys(initiator: all.slice(0..<count), responder: all.slice(count..<2 * count))
    }
}
