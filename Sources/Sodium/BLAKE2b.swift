internal import CSodium

/// BLAKE2b (RFC 7693).
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

    /// 32 bytes that are secret: of a byte, and what is secret already.
    package static func secret(_ prefix: UInt8, _ secret: SecretBytes) -> SecretBytes {
        let message = SecretBytes(count: secret.count + 1) { out in
            out[0] = prefix
            secret.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: out[1...]).copyMemory(from: $0) }
        }
        return SecretBytes(
            count: 32,
            cFill: { out in
                message.withBytePointer { _ = crypto_generichash(out, 32, $0, UInt64(message.count), nil, 0) }
            })
    }

    /// 32 bytes that only who has the key can make.
    /// - Parameter key: 16...64 bytes.
    package static func authenticate(_ bytes: some Collection<UInt8>, key: SecretBytes) -> [UInt8] {
        precondition((16...64).contains(key.count), "BLAKE2b takes keys of 16 to 64 bytes")
        return [UInt8](count: 32) { out in
            withBytes(of: bytes) { bytes, length in
                key.withBytePointer { _ = crypto_generichash(out, 32, bytes, UInt64(length), $0, key.count) }
            }
        }
    }
}
