internal import OpenSSL

/// The computations of MS-CHAPv2 (RFC 2759 §8) and of the keys that come of it (RFC 3079 §3).
///
/// MD4, DES and SHA-1 make a password no safer than its own entropy; the exchange is inside an IKE SA whose responder has shown a
/// certificate (RFC 7296 §2.16), which is what protects it.
struct MSCHAPv2 {
    private let legacy: LegacyCryptography

    /// `nil` where OpenSSL has no MD4 and DES.
    init?() {
        guard let legacy = LegacyCryptography.shared else { return nil }
        self.legacy = legacy
    }

    /// NtPasswordHash: MD4 of the password in UTF-16, little endian. `nil` for a password that is no UTF-8.
    func passwordHash(_ password: SecretBytes) -> SecretBytes? {
        var isText = true
        var count = 0
        let units = SecretBytes(count: 2 * password.count) { out in
            password.withUnsafeBytes { password in
                isText = !transcode(
                    password.makeIterator(), from: UTF8.self, to: UTF16.self, stoppingOnError: true
                ) { unit in
                    out.storeBytes(of: unit.littleEndian, toByteOffset: count, as: UInt16.self)
                    count += 2
                }
            }
        }
        return isText ? legacy.md4(units.slice(0..<count)) : nil
    }

    /// ChallengeHash: 8 bytes.
    func challengeHash(peerChallenge: [UInt8], challenge: [UInt8], user: [UInt8]) -> [UInt8] {
        Array(DigestAlgorithm.sha1.digest(peerChallenge, challenge, user).prefix(8))
    }

    /// GenerateNTResponse: 24 bytes.
    func response(challengeHash: [UInt8], passwordHash: SecretBytes) -> [UInt8] {
        // Three keys of 7 bytes, the last of them padded with zeros.
        let padded = SecretBytes(count: 21) { out in passwordHash.withUnsafeBytes { out.copyMemory(from: $0) } }
        return padded.withUnsafeBytes { key in
            stride(from: 0, to: 21, by: 7).flatMap { start in
                legacy.des(key: UnsafeRawBufferPointer(rebasing: key[start..<start + 7]), challengeHash)
            }
        }
    }

    /// GenerateAuthenticatorResponse: "S=" and 40 hexadecimal digits.
    func authenticatorResponse(
        passwordHash: SecretBytes, response: [UInt8], challengeHash: [UInt8]
    ) -> [UInt8] {
        let hashHash = legacy.md4(passwordHash)
        let digest = DigestAlgorithm.sha1.digest(secret: hashHash, response, Self.signing)
        let digits = Array("0123456789ABCDEF".utf8)
        let result = DigestAlgorithm.sha1.digest(digest, challengeHash, Self.padding)
        return Array("S=".utf8) + result.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// The MSK of EAP: the server's receiving key, its sending key, and 32 zero bytes.
    func masterSessionKey(passwordHash: SecretBytes, response: [UInt8]) -> SecretBytes {
        let hashHash = legacy.md4(passwordHash)
        let master = SecretBytes(
            copying: DigestAlgorithm.sha1.digest(secret: hashHash, response, Self.masterKey).prefix(16))
        let keys = [Self.fromClient, Self.toClient].map { purpose in
            DigestAlgorithm.sha1.digest(
                secret: master, [UInt8](repeating: 0, count: 40), purpose, [UInt8](repeating: 0xF2, count: 40)
            ).prefix(16)
        }
        return SecretBytes(count: 64) { $0.copyBytes(from: keys.joined()) }
    }

    // What RFC 2759 §8.7 and RFC 3079 §3.4 call magic.
    private static let signing = Array("Magic server to client signing constant".utf8)
    private static let padding = Array("Pad to make it do more than one iteration".utf8)
    private static let masterKey = Array("This is the MPPE Master Key".utf8)
    private static let fromClient = Array(
        "On the client side, this is the send key; on the server side, it is the receive key.".utf8)
    private static let toClient = Array(
        "On the client side, this is the receive key; on the server side, it is the send key.".utf8)
}
