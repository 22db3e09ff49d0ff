internal import CSodium

/// BLAKE2b (RFC 7693), unkeyed.
package enum BLAKE2b {
    /// - Parameter byteCount: 16...64.
    package static func hash(_ bytes: some Collection<UInt8>, byteCount: Int) -> [UInt8] {
        precondition((16...64).contains(byteCount), "BLAKE2b gives 16 to 64 bytes")
        return [UInt8](count: byteCount) { out in
            withBytes(of: bytes) { bytes, length in
                _ = crypto_generichash(out, byteCount, bytes, UInt64(length), nil, 0)
            }
        }
    }
}
