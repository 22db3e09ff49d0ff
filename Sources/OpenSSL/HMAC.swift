internal import COpenSSL

/// HMAC (RFC 2104) under one key, computed as often as wanted. What it has derived from the key is wiped in the end.
///
/// One thread at a time: the context changes with every message.
package final class HMAC {
    package let algorithm: DigestAlgorithm
    private let context = required(EVP_MAC_CTX_new(hmac), "memory")

    // Invariant of `nonisolated(unsafe)`: fetched once and never written.
    nonisolated(unsafe) private static let hmac = required(EVP_MAC_fetch(nil, "HMAC", nil), "HMAC")

    /// The key may have any length, zero as well.
    package init(_ algorithm: DigestAlgorithm, key: SecretBytes) {
        self.algorithm = algorithm
        var name = Array(algorithm.name.utf8CString)
        OSSL_MAC_PARAM_DIGEST.withCString { label in
            name.withUnsafeMutableBufferPointer { name in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(label, name.baseAddress, 0), OSSL_PARAM_construct_end(),
                ]
                key.withUnsafeBytes { key in
                    let key = key.bindMemory(to: UInt8.self)
                    check(EVP_MAC_init(context, key.baseAddress, key.count, parameters))
                }
            }
        }
    }

    /// The MAC of `first` followed by `second`; `out` takes as much of its beginning as it has room for, at most all of it.
    package func compute(
        _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        into out: UnsafeMutableRawBufferPointer
    ) {
        restart()
        update(first)
        update(second)
        finish(into: out)
    }

    /// The MAC of the parts, one after the other.
    package func code(for parts: [UInt8]...) -> [UInt8] {
        restart()
        for part in parts { part.withUnsafeBytes { update($0) } }
        var code = [UInt8](repeating: 0, count: algorithm.byteCount)
        code.withUnsafeMutableBytes { finish(into: $0) }
        return code
    }

    /// Begins a message. What was not finished is forgotten.
    package func restart() { check(EVP_MAC_init(context, nil, 0, nil)) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, !bytes.isEmpty else { return }
        check(EVP_MAC_update(context, base, bytes.count))
    }

    /// Ends a message; `out` takes as much of the MAC's beginning as it has room for, at most all of it.
    package func finish(into out: UnsafeMutableRawBufferPointer) {
        precondition(out.count <= algorithm.byteCount, "more bytes asked for than a MAC has")
        var written = 0
        withUnsafeTemporaryAllocation(byteCount: DigestAlgorithm.sha512.byteCount, alignment: 16) { whole in
            check(EVP_MAC_final(context, whole.bindMemory(to: UInt8.self).baseAddress, &written, whole.count))
            out.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[..<out.count]))
            wipe(whole)
        }
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }
}
