#if canImport(CIPsecMB)
    internal import CIPsecMB
    internal import OpenSSL

    /// What ipsec-mb chooses on this processor, found out once.
    ///
    /// Of `IMB_MGR` and `IMB_JOB` only fields that later versions of the library keep where they are: the flags, the pointers
    /// to functions, and jobs by the addresses that these return.
    struct IPsecMBLibrary: Sendable {
        /// Such as "ipsec-mb 1.3.0 (AVX-512)".
        let description: String
        private let expand128: aes_gcm_pre_t
        private let expand256: aes_gcm_pre_t

        static let found = Result { () throws(AEADUnavailable) in try find() }

        private static func find() throws(AEADUnavailable) -> IPsecMBLibrary {
            guard !ApprovedMode.isOn else { throw AEADUnavailable(reason: "OpenSSL is in FIPS mode") }
            let version = imb_get_version_str().map { String(cString: $0) } ?? "?"
            guard imb_get_version() >= IMB_VERSION_NUM else {
                throw AEADUnavailable(reason: "ipsec-mb \(version) is older than \(IMB_VERSION_STR)")
            }
            let manager = try makeManager()
            defer { free_mb_mgr(manager) }
            let instructions: String
            switch IMB_ARCH(manager.pointee.used_arch) {
            case IMB_ARCH_AVX: instructions = "AVX"
            case IMB_ARCH_AVX2: instructions = "AVX2"
            case IMB_ARCH_AVX512: instructions = "AVX-512"
            // Its code for SSE alone reads past the end of packets (seen in 1.3): a crash where a page ends.
            default: throw AEADUnavailable(reason: "this processor has no AES or AVX instructions")
            }
            guard let expand128 = manager.pointee.gcm128_pre, let expand256 = manager.pointee.gcm256_pre else {
                throw AEADUnavailable(reason: "ipsec-mb \(version) has no AES-GCM")
            }
            return IPsecMBLibrary(
                description: "ipsec-mb \(version) (\(instructions))", expand128: expand128, expand256: expand256)
        }

        /// About 200 KB, for one thread, to be freed with `free_mb_mgr`.
        static func makeManager() throws(AEADUnavailable) -> UnsafeMutablePointer<IMB_MGR> {
            guard let manager = alloc_mb_mgr(0) else { throw AEADUnavailable(reason: "ipsec-mb has no memory") }
            init_mb_mgr_auto(manager, nil)
            let status = imb_get_errno(manager)
            guard status == 0 else {
                free_mb_mgr(manager)
                let reason = imb_get_strerror(status).map { String(cString: $0) } ?? "error \(status)"
                throw AEADUnavailable(reason: "ipsec-mb does not start: \(reason)")
            }
            return manager
        }

        /// What AES-GCM needs of a key, to be wiped and deallocated by the caller; `nil` for other algorithms. All managers
        /// of a process are for the same processor, so it suits every one.
        func expand(_ key: UnsafeRawPointer, _ algorithm: AEADAlgorithm) -> UnsafeMutablePointer<gcm_key_data>? {
            let expand: aes_gcm_pre_t
            switch algorithm {
            case .chaCha20Poly1305, .saltedChaCha20Poly1305: return nil
            case .aes128GCM: expand = expand128
            case .aes256GCM: expand = expand256
            }
            let memory = UnsafeMutableRawPointer.allocate(
                byteCount: MemoryLayout<gcm_key_data>.size, alignment: 64)
            let expanded = memory.initializeMemory(as: gcm_key_data.self, to: gcm_key_data())
            expand(key, expanded)
            return expanded
        }
    }
#endif
