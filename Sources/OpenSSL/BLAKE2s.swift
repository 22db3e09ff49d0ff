internal import COpenSSL

/// BLAKE2s (RFC 7693): WireGuard's hash, keyed MAC and HMAC.
package enum BLAKE2s {
    package typealias Digest = Bytes32

    // Invariant of `nonisolated(unsafe)`: fetched once and never written; OpenSSL shares algorithm objects between threads.
    nonisolated(unsafe) private static let algorithm = required(
        EVP_MD_fetch(ApprovedMode.unapprovedLibrary, "BLAKE2S-256", nil), "BLAKE2s")
    nonisolated(unsafe) private static let macAlgorithm = required(
        EVP_MAC_fetch(ApprovedMode.unapprovedLibrary, "BLAKE2SMAC", nil), "BLAKE2s")

    /// The context that every HMAC starts as a copy of: it has looked its digest up already.
    nonisolated(unsafe) private static let hmacTemplate: OpaquePointer = {
        let hmac = required(EVP_MAC_fetch(ApprovedMode.unapprovedLibrary, "HMAC", nil), "HMAC")
        let context = required(EVP_MAC_CTX_new(hmac), "HMAC")
        var name = Array("BLAKE2S-256".utf8CString)
        // Parameters hold addresses, that of their key as well.
        let status = OSSL_MAC_PARAM_DIGEST.withCString { key in
            name.withUnsafeMutableBufferPointer { name in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(key, name.baseAddress, 0), OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_CTX_set_params(context, parameters)
            }
        }
        precondition(status == 1, "this OpenSSL has no HMAC with BLAKE2s")
        return context
    }()

    /// The 32-byte hash of `first` followed by `second`.
    package static func hash(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Digest {
        let context = required(EVP_MD_CTX_new(), "memory")
        defer { EVP_MD_CTX_free(context) }
        return Digest { out in
            check(EVP_DigestInit_ex2(context, algorithm, nil))
            check(EVP_DigestUpdate(context, first.baseAddress, first.count))
            check(EVP_DigestUpdate(context, second.baseAddress, second.count))
            check(EVP_DigestFinal_ex(context, out.baseAddress?.assumingMemoryBound(to: UInt8.self), nil))
        }
    }

    /// The keyed hash of 1...32 bytes, written into `out`. The key has 1...32 bytes.
    package static func mac(
        key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer
    ) {
        let context = required(EVP_MAC_CTX_new(macAlgorithm), "memory")
        defer { EVP_MAC_CTX_free(context) }
        var size = out.count
        let key = key.bindMemory(to: UInt8.self)
        OSSL_MAC_PARAM_SIZE.withCString { name in
            withUnsafeMutablePointer(to: &size) { size in
                let parameters = [OSSL_PARAM_construct_size_t(name, size), OSSL_PARAM_construct_end()]
                check(EVP_MAC_init(context, key.baseAddress, key.count, parameters))
            }
        }
        finish(context, message, into: out)
    }

    /// HMAC-BLAKE2s of `first` followed by `second`: 32 bytes, written into `out`.
    package static func hmac(
        key: UnsafeRawBufferPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        into out: UnsafeMutableRawBufferPointer
    ) {
        HMAC().compute(key: key, first, second, into: out)
    }

    /// For several HMACs one after the other: setting it up takes longer than the HMAC of a short text. What it has derived from
    /// keys is wiped in the end.
    struct HMAC: ~Copyable {
        private let context = required(EVP_MAC_CTX_dup(hmacTemplate), "memory")

        /// - Parameter key: `nil`: the same as before, which is quicker.
        func compute(
            key: UnsafeRawBufferPointer?, _ first: UnsafeRawBufferPointer,
            _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
            into out: UnsafeMutableRawBufferPointer
        ) {
            let key = key?.bindMemory(to: UInt8.self)
            check(EVP_MAC_init(context, key?.baseAddress, key?.count ?? 0, nil))
            let bytes = first.bindMemory(to: UInt8.self)
            if !bytes.isEmpty { check(EVP_MAC_update(context, bytes.baseAddress, bytes.count)) }
            finish(context, second, into: out)
        }

        deinit {
            EVP_MAC_CTX_free(context)
        }
    }

    private static func finish(
        _ context: OpaquePointer, _ message: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer
    ) {
        let bytes = message.bindMemory(to: UInt8.self)
        var written = 0
        if !bytes.isEmpty { check(EVP_MAC_update(context, bytes.baseAddress, bytes.count)) }
        check(EVP_MAC_final(context, out.baseAddress?.assumingMemoryBound(to: UInt8.self), &written, out.count))
        precondition(written == out.count, "a MAC of another length than asked for")
    }
}
