#if canImport(CIPsecMB)
    internal import CIPsecMB
    internal import OpenSSL

    /// AEAD by ipsec-mb's manager. Every job is done when the call that submits it returns: ipsec-mb gathers neither of these
    /// algorithms' jobs, so there is nothing to flush.
    ///
    /// One thread at a time.
    final class IPsecMBCipher {
        typealias Jobs = UnsafeMutableBufferPointer<AEADJob>

        let library: IPsecMBLibrary
        private let manager: UnsafeMutablePointer<IMB_MGR>
        private let functions: Functions
        /// The nonce's twelve bytes and four more, the tag to compare with at 16, and the state of AES-GCM at 64.
        private let scratch: UnsafeMutableRawBufferPointer
        private let nonce: UnsafeMutableRawPointer
        private let tag: UnsafeMutableRawPointer
        private let state: UnsafeMutablePointer<gcm_context_data>

        /// The manager's own, found once.
        private struct Functions {
            let nextJob: get_next_job_t
            let submit: submit_job_t
            let seal128: aes_gcm_enc_dec_t
            let seal256: aes_gcm_enc_dec_t
            let open128: aes_gcm_enc_dec_t
            let open256: aes_gcm_enc_dec_t

            init?(_ manager: UnsafeMutablePointer<IMB_MGR>) {
                // The checks of `submit_job` are for arguments that cannot come from here; without them a packet takes 20 ns less.
                guard let nextJob = manager.pointee.get_next_job, let submit = manager.pointee.submit_job_nocheck,
                    let seal128 = manager.pointee.gcm128_enc, let seal256 = manager.pointee.gcm256_enc,
                    let open128 = manager.pointee.gcm128_dec, let open256 = manager.pointee.gcm256_dec
                else { return nil }
                self.nextJob = nextJob
                self.submit = submit
                self.seal128 = seal128
                self.seal256 = seal256
                self.open128 = open128
                self.open256 = open256
            }
        }

        init() throws(AEADUnavailable) {
            library = try IPsecMBLibrary.found.get()
            manager = try IPsecMBLibrary.makeManager()
            guard let functions = Functions(manager) else {
                free_mb_mgr(manager)
                throw AEADUnavailable(reason: "\(library.description) lacks functions")
            }
            self.functions = functions
            let base = UnsafeMutableRawPointer.allocate(
                byteCount: 64 + MemoryLayout<gcm_context_data>.size, alignment: 64)
            scratch = UnsafeMutableRawBufferPointer(start: base, count: 64 + MemoryLayout<gcm_context_data>.size)
            scratch.initializeMemory(as: UInt8.self, repeating: 0)
            nonce = base
            tag = base + 16
            state = (base + 64).bindMemory(to: gcm_context_data.self, capacity: 1)
        }

        deinit {
            free_mb_mgr(manager)
            wipe(scratch)
            scratch.deallocate()
        }

        func seal(_ jobs: Jobs, with key: AEADKey) {
            switch key.algorithm {
            case .chaCha20Poly1305, .saltedChaCha20Poly1305: sealChaCha20Poly1305(jobs, key)
            case .aes128GCM: seal(jobs, key, functions.seal128)
            case .aes256GCM: seal(jobs, key, functions.seal256)
            }
        }

        func open(_ jobs: Jobs, with key: AEADKey) {
            switch key.algorithm {
            case .chaCha20Poly1305, .saltedChaCha20Poly1305: openChaCha20Poly1305(jobs, key)
            case .aes128GCM: open(jobs, key, functions.open128)
            case .aes256GCM: open(jobs, key, functions.open256)
            }
        }

        // MARK: ChaCha20-Poly1305

        private func sealChaCha20Poly1305(_ jobs: Jobs, _ key: AEADKey) {
            let isSalted = key.algorithm == .saltedChaCha20Poly1305
            for index in jobs.indices {
                let job = jobs[index]
                setNonce(salt: key.salt, isSalted ? job.counter.byteSwapped : job.counter)
                submit(job, key.bytes, tag: job.destination + job.count, IMB_DIR_ENCRYPT, IMB_ORDER_CIPHER_HASH)
            }
        }

        private func openChaCha20Poly1305(_ jobs: Jobs, _ key: AEADKey) {
            let isSalted = key.algorithm == .saltedChaCha20Poly1305
            for index in jobs.indices {
                let job = jobs[index]
                setNonce(salt: key.salt, isSalted ? job.counter.byteSwapped : job.counter)
                submit(job, key.bytes, tag: tag, IMB_DIR_DECRYPT, IMB_ORDER_HASH_CIPHER)
                finish(&jobs[index])
            }
        }

        @inline(__always)
        private func submit(
            _ job: AEADJob, _ key: UnsafeRawPointer, tag: UnsafeMutableRawPointer, _ direction: IMB_CIPHER_DIRECTION,
            _ order: IMB_CHAIN_ORDER
        ) {
            guard let next = functions.nextJob(manager) else { return incomplete() }
            let count = UInt64(job.count)
            next.pointee.cipher_mode = IMB_CIPHER_CHACHA20_POLY1305
            next.pointee.hash_alg = IMB_AUTH_CHACHA20_POLY1305
            next.pointee.cipher_direction = direction
            next.pointee.chain_order = order
            next.pointee.enc_keys = key
            next.pointee.dec_keys = key
            next.pointee.key_len_in_bytes = 32
            next.pointee.iv = UnsafePointer(nonce.assumingMemoryBound(to: UInt8.self))
            next.pointee.iv_len_in_bytes = 12
            next.pointee.src = job.source.assumingMemoryBound(to: UInt8.self)
            next.pointee.dst = job.destination.assumingMemoryBound(to: UInt8.self)
            next.pointee.cipher_start_src_offset_in_bytes = 0
            next.pointee.hash_start_src_offset_in_bytes = 0
            next.pointee.msg_len_to_cipher_in_bytes = count
            next.pointee.msg_len_to_hash_in_bytes = count
            next.pointee.u.CHACHA20_POLY1305.aad = job.authenticated
            next.pointee.u.CHACHA20_POLY1305.aad_len_in_bytes = UInt64(job.authenticatedCount)
            next.pointee.auth_tag_output = tag.assumingMemoryBound(to: UInt8.self)
            next.pointee.auth_tag_output_len_in_bytes = UInt64(AEADAlgorithm.tagCount)
            guard let done = functions.submit(manager), done.pointee.status == IMB_STATUS_COMPLETED else {
                return incomplete()
            }
        }

        @inline(never)
        private func incomplete() {
            preconditionFailure("ipsec-mb did not complete a job at once")
        }

        // MARK: AES-GCM

        /// Not as jobs: calling the function itself takes 10 ns less.
        private func seal(_ jobs: Jobs, _ key: AEADKey, _ function: aes_gcm_enc_dec_t) {
            let salt = key.salt
            for index in jobs.indices {
                let job = jobs[index]
                setNonce(salt: salt, job.counter.byteSwapped)
                call(function, job, key.expanded, tag: job.destination + job.count)
            }
        }

        private func open(_ jobs: Jobs, _ key: AEADKey, _ function: aes_gcm_enc_dec_t) {
            let salt = key.salt
            for index in jobs.indices {
                let job = jobs[index]
                setNonce(salt: salt, job.counter.byteSwapped)
                call(function, job, key.expanded, tag: tag)
                finish(&jobs[index])
            }
        }

        @inline(__always)
        private func call(
            _ function: aes_gcm_enc_dec_t, _ job: AEADJob, _ key: UnsafeMutablePointer<gcm_key_data>?,
            tag: UnsafeMutableRawPointer
        ) {
            function(
                key, state, job.destination.assumingMemoryBound(to: UInt8.self),
                job.source.assumingMemoryBound(to: UInt8.self), UInt64(job.count),
                nonce.assumingMemoryBound(to: UInt8.self), job.authenticated?.assumingMemoryBound(to: UInt8.self),
                UInt64(job.authenticatedCount), tag.assumingMemoryBound(to: UInt8.self),
                UInt64(AEADAlgorithm.tagCount))
        }

        // MARK: Nonces and tags

        /// Written at once: ipsec-mb reads it at once, which would wait for two writes to reach the cache. x86-64 is little
        /// endian.
        @inline(__always)
        private func setNonce(salt: UInt32, _ counter: UInt64) {
            let words = SIMD4(salt, UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0)
            nonce.storeBytes(of: words, as: SIMD4<UInt32>.self)
        }

        /// Compares in constant time the tag computed with the one received. In place, plaintext ends before the tag, which so
        /// is still there.
        @inline(__always)
        private func finish(_ job: inout AEADJob) {
            let received = job.source + job.count
            let difference =
                (tag.load(as: UInt64.self) ^ received.loadUnaligned(as: UInt64.self))
                | (tag.load(fromByteOffset: 8, as: UInt64.self)
                    ^ received.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            job.isAuthentic = difference == 0
            if !job.isAuthentic { job.discard() }
        }
    }
#endif
