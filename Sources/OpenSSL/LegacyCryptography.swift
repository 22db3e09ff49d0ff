internal import COpenSSL

/// MD4 and DES, which EAP-MSCHAPv2 is made of (RFC 2759) and nothing else may use. OpenSSL has them in a provider of its own, which is
/// loaded apart from the one that everything else fetches from.
package final class LegacyCryptography: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: written in `init` alone; OpenSSL shares algorithm objects between threads.
    private let md4: OpaquePointer
    private let des: OpaquePointer

    /// `nil` where OpenSSL's legacy provider is not installed, and in FIPS mode. Loaded once, and for the life of the process.
    package static let shared = LegacyCryptography()

    private init?() {
        defer { ERR_clear_error() }
        guard !ApprovedMode.isOn, let library = OSSL_LIB_CTX_new() else { return nil }
        guard OSSL_PROVIDER_load(library, "legacy") != nil, let md4 = EVP_MD_fetch(library, "MD4", nil),
            let des = EVP_CIPHER_fetch(library, "DES-ECB", nil)
        else {
            OSSL_LIB_CTX_free(library)
            return nil
        }
        self.md4 = md4
        self.des = des
    }

    /// 16 bytes.
    package func md4(_ text: SecretBytes) -> SecretBytes {
        let context = required(EVP_MD_CTX_new(), "memory")
        defer { EVP_MD_CTX_free(context) }
        check(EVP_DigestInit_ex2(context, md4, nil))
        text.withUnsafeBytes { check(EVP_DigestUpdate(context, $0.baseAddress, $0.count)) }
        return SecretBytes(count: 16) { out in
            check(EVP_DigestFinal_ex(context, out.bindMemory(to: UInt8.self).baseAddress, nil))
        }
    }

    /// One block of 8 bytes under a key of 7, whose parity bits are put in.
    package func des(key: UnsafeRawBufferPointer, _ block: [UInt8]) -> [UInt8] {
        precondition(key.count == 7 && block.count == 8, "not a key and a block of DES")
        let context = required(EVP_CIPHER_CTX_new(), "memory")
        defer { EVP_CIPHER_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: 8)
        var written: Int32 = 0
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { spread in
            let bits = key.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // Seven bits a byte; DES does not look at the eighth.
            for index in 0..<8 { spread[index] = UInt8(truncatingIfNeeded: bits >> (49 - 7 * UInt64(index))) << 1 }
            let key = UnsafeRawBufferPointer(spread).bindMemory(to: UInt8.self).baseAddress
            check(EVP_EncryptInit_ex2(context, des, key, nil, nil))
            wipe(spread)
        }
        check(EVP_CIPHER_CTX_set_padding(context, 0))
        check(EVP_EncryptUpdate(context, &result, &written, block, 8))
        return result
    }
}
