package import OpenSSL

/// The seven secrets of an IKE SA (RFC 7296 §2.14).
package struct IKEKeys: Sendable {
    /// From which keys of CHILD SAs and of the next IKE SA come.
    package let d: SecretBytes
    /// Integrity, of what the initiator and the responder send; empty with an AEAD.
    package let ai: SecretBytes
    package let ar: SecretBytes
    /// Encryption; an AEAD's key and then its salt (RFC 5282 §7).
    package let ei: SecretBytes
    package let er: SecretBytes
    /// For AUTH payloads.
    package let pi: SecretBytes
    package let pr: SecretBytes

    /// Of a new IKE SA: SKEYSEED = prf(Ni | Nr, g^ir).
    package static func derive(
        _ suite: IKESuite, initiatorNonce: [UInt8], responderNonce: [UInt8], sharedSecret: SecretBytes,
        initiatorSPI: UInt64, responderSPI: UInt64
    ) -> IKEKeys {
        let seed = PRF(suite.prf).secret(
            key: SecretBytes(nil, followedBy: initiatorNonce, responderNonce), sharedSecret)
        return IKEKeys(
            suite, seed: seed,
            SecretBytes(nil, followedBy: initiatorNonce, responderNonce, initiatorSPI.bytes, responderSPI.bytes))
    }

    /// Of an IKE SA that takes the place of this one (RFC 7296 §2.18): SKEYSEED = prf(SK_d, g^ir | Ni | Nr), by this one's PRF. The
    /// nonces and SPIs are those of the CREATE_CHILD_SA exchange; its initiator is the new SA's.
    package func rekey(
        prf: PRFAlgorithm, to suite: IKESuite, initiatorNonce: [UInt8], responderNonce: [UInt8],
        sharedSecret: SecretBytes, initiatorSPI: UInt64, responderSPI: UInt64
    ) -> IKEKeys {
        let seed = PRF(prf).secret(
            key: d, SecretBytes(sharedSecret, followedBy: initiatorNonce, responderNonce))
        return IKEKeys(
            suite, seed: seed,
            SecretBytes(nil, followedBy: initiatorNonce, responderNonce, initiatorSPI.bytes, responderSPI.bytes))
    }

    /// {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+(SKEYSEED, Ni | Nr | SPIi | SPIr).
    private init(_ suite: IKESuite, seed: SecretBytes, _ input: SecretBytes) {
        let prf = suite.prf.outputCount
        let integrity = suite.integrity?.keyCount ?? 0
        let encryption = suite.encryption.keyCount + suite.encryption.saltCount
        let all = PRF(suite.prf).plus(
            key: seed, seed: input, count: 3 * prf + 2 * integrity + 2 * encryption)
        var end = 0
        func next(_ count: Int) -> SecretBytes {
            end += count
            return all.slice(end - count..<end)
        }
        d = next(prf)
        ai = next(integrity)
        ar = next(integrity)
        ei = next(encryption)
        er = next(encryption)
        pi = next(prf)
        pr = next(prf)
    }
}

extension UInt64 {
    /// Big endian, as SPIs lie in messages.
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
