internal import OpenSSL

/// AEAD by OpenSSL. No key outlives the call that it was given to.
///
/// One thread at a time.
final class OpenSSLCipher {
    typealias Jobs = UnsafeMutableBufferPointer<AEADJob>

    private struct Contexts {
        let sealing: AEADContext
        let opening: AEADContext

        init(_ algorithm: AEADContext.Algorithm) {
            sealing = AEADContext(algorithm, .sealing)
            opening = AEADContext(algorithm, .opening)
        }
    }

    private let chaCha20Poly1305 = Contexts(.chaCha20Poly1305)
    private let aes128GCM = Contexts(.aes128GCM)
    private let aes256GCM = Contexts(.aes256GCM)

    static var description: String { "OpenSSL \(AEADContext.libraryVersion)" }

    func seal(_ jobs: Jobs, with key: AEADKey) {
        let context = contexts(key.algorithm).sealing
        context.setKey(key.bytes)
        for index in jobs.indices {
            let job = jobs[index]
            withNonce(job, key) {
                context.seal(
                    job.source, to: job.destination, count: job.count, nonce: $0, authenticating: job.header)
            }
        }
        context.forgetKey()
    }

    func open(_ jobs: Jobs, with key: AEADKey) {
        let context = contexts(key.algorithm).opening
        context.setKey(key.bytes)
        for index in jobs.indices {
            let job = jobs[index]
            let isAuthentic = withNonce(job, key) {
                context.open(
                    job.source, to: job.destination, count: job.count, nonce: $0, authenticating: job.header)
            }
            jobs[index].isAuthentic = isAuthentic
            if !isAuthentic { job.discard() }
        }
        context.forgetKey()
    }

    private func contexts(_ algorithm: AEADAlgorithm) -> Contexts {
        switch algorithm {
        case .chaCha20Poly1305, .saltedChaCha20Poly1305: chaCha20Poly1305
        case .aes128GCM: aes128GCM
        case .aes256GCM: aes256GCM
        }
    }

    @inline(__always)
    private func withNonce<Result>(_ job: AEADJob, _ key: AEADKey, _ body: (UnsafeRawPointer) -> Result) -> Result {
        let counter = key.algorithm.saltCount == 0 ? job.counter.littleEndian : job.counter.bigEndian
        // Four bytes of padding, and the nonce's twelve.
        let nonce: (UInt32, UInt32, UInt64) = (0, key.salt, counter)
        return withUnsafePointer(to: nonce) { body(UnsafeRawPointer($0) + 4) }
    }
}
