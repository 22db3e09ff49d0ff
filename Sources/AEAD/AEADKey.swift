package import OpenSSL

#if canImport(CIPsecMB)
    internal import CIPsecMB
#endif

/// A key for one session in one direction, made ready once. Every engine may use it at the same time; what it holds is wiped
/// when the last reference goes.
package final class AEADKey: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: all memory is written in `init` and in `deinit` alone.
    private let material: UnsafeMutableRawBufferPointer
    /// As many bytes as the algorithm's keys have.
    let bytes: UnsafeRawPointer
    /// The nonce's first four bytes, as they lie in memory.
    let salt: UInt32
    package let algorithm: AEADAlgorithm

    #if canImport(CIPsecMB)
        /// The round keys and the powers of the hash key, for AES-GCM where ipsec-mb is there.
        let expanded: UnsafeMutablePointer<gcm_key_data>?
    #endif

    /// For ChaCha20-Poly1305.
    package convenience init(_ key: SecretKey) {
        self.init(.chaCha20Poly1305) { material in key.withUnsafeBytes(material.copyMemory) }
    }

    /// The key, then the salt's four bytes where the algorithm has one (RFC 4106, section 8.1). They are copied: the caller wipes what it
    /// holds. `nil` when there are not as many bytes as the algorithm wants.
    package convenience init?(_ algorithm: AEADAlgorithm, keyingMaterial: UnsafeRawBufferPointer) {
        guard keyingMaterial.count == algorithm.keyCount + algorithm.saltCount else { return nil }
        self.init(algorithm) { $0.copyMemory(from: keyingMaterial) }
    }

    /// `fill` writes the key and the salt.
    private init(_ algorithm: AEADAlgorithm, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let count = algorithm.keyCount + algorithm.saltCount
        let base = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
        material = UnsafeMutableRawBufferPointer(start: base, count: count)
        fill(material)
        bytes = UnsafeRawPointer(base)
        salt = algorithm.saltCount == 0 ? 0 : base.loadUnaligned(fromByteOffset: algorithm.keyCount, as: UInt32.self)
        self.algorithm = algorithm
        #if canImport(CIPsecMB)
            expanded = (try? IPsecMBLibrary.found.get())?.expand(base, algorithm)
        #endif
    }

    deinit {
        wipe(material)
        material.deallocate()
        #if canImport(CIPsecMB)
            if let expanded {
                wipe(UnsafeMutableRawBufferPointer(start: expanded, count: MemoryLayout<gcm_key_data>.size))
                UnsafeMutableRawPointer(expanded).deallocate()
            }
        #endif
    }
}
