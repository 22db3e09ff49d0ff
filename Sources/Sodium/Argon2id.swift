internal import CSodium

/// Argon2id 1.3 (RFC 9106) with one lane, as libsodium does it: a key from a passphrase, at a cost that whoever guesses pays too.
package enum Argon2id {
    package static let saltCount = 16
    /// Bytes of memory and passes that are possible at all.
    package static let memories = Int(crypto_pwhash_argon2id_MEMLIMIT_MIN)...Int(1 << 40)
    package static let minimumPasses = Int(crypto_pwhash_argon2id_OPSLIMIT_MIN)

    /// `nil` when so much memory is not to be had.
    /// - Parameters:
    ///   - salt: 16 bytes.
    ///   - memory: in bytes.
    ///   - byteCount: 16 and more.
    package static func key(
        from passphrase: SecretBytes, salt: [UInt8], memory: Int, passes: Int, byteCount: Int
    ) -> SecretBytes? {
        precondition(salt.count == saltCount, "Argon2id takes a salt of 16 bytes")
        Sodium.start
        var status: Int32 = -1
        let key = SecretBytes(
            count: byteCount,
            cFill: { out in
                passphrase.withUnsafeBytes { passphrase in
                    passphrase.withMemoryRebound(to: CChar.self) { passphrase in
                        // An address for none, too.
                        withUnsafePointer(to: CChar(0)) { none in
                            status = crypto_pwhash(
                                out, UInt64(byteCount), passphrase.baseAddress ?? none, UInt64(passphrase.count), salt,
                                UInt64(passes), memory, crypto_pwhash_ALG_ARGON2ID13)
                        }
                    }
                }
            })
        return status == 0 ? key : nil
    }
}
