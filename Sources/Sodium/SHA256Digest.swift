internal import CSodium

/// SHA-256 (FIPS 180-4).
package enum SHA256Digest {
    package static let byteCount = 32

    /// 32 bytes.
    package static func of(_ bytes: some Collection<UInt8>) -> [UInt8] {
        [UInt8](count: byteCount) { out in
            withBytes(of: bytes) { bytes, length in _ = crypto_hash_sha256(out, bytes, UInt64(length)) }
        }
    }
}
