internal import AEAD
internal import OpenSSL
internal import Synchronization

/// AES-CBC, and HMAC over what it made (RFC 3602, RFC 4868): what older routers have. A good deal slower than an AEAD.
///
/// Jobs are those of an AEAD, with these differences: text lies in its packet, after SPI, sequence number and vector; `counter`
/// is the sequence number, of which the upper half is authenticated with extended ones (RFC 4303 §2.2.1); nothing else is.
final class CBCWithHMAC: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: the contexts are used while `lock` is held.
    private let lock = Mutex<Void>(())
    private let cipher: CBCContext
    private let mac: HMAC
    private let checkCount: Int
    private let usesESN: Bool

    private static let vectorCount = CBCContext.blockCount
    private static let headerCount = ESPFormat.fixedCount + vectorCount
    private static let longestCheck = 32

    /// - Parameter keys: the cipher's, then the MAC's; `nil` comes of another length.
    init?(_ suite: ESPSuite, _ keys: SecretBytes, _ direction: CBCContext.Direction) {
        guard let integrity = suite.integrity else { return nil }
        let keyCount = suite.encryption.keyCount
        guard keys.count == keyCount + integrity.keyCount else { return nil }
        let algorithm: DigestAlgorithm =
            switch integrity {
            case .hmacSHA256x128: .sha256
            case .hmacSHA384x192: .sha384
            case .hmacSHA512x256: .sha512
            }
        let context = CBCContext(suite.encryption == .aes128CBC ? .aes128 : .aes256, direction)
        keys.withUnsafeBytes { if let base = $0.baseAddress { context.setKey(base) } }
        cipher = context
        mac = HMAC(algorithm, key: keys.slice(keyCount..<keys.count))
        checkCount = integrity.checkCount
        usesESN = suite.usesESN
    }

    func seal(_ jobs: UnsafeMutableBufferPointer<AEADJob>) {
        lock.withLock { _ in
            for job in jobs {
                let vector = job.destination - Self.vectorCount
                makeVector(of: job.counter, vector)
                cipher.process(job.destination, to: job.destination, count: job.count, vector: vector)
                let check = UnsafeMutableRawBufferPointer(start: job.destination + job.count, count: checkCount)
                authenticate(job, into: check)
            }
        }
    }

    func open(_ jobs: UnsafeMutableBufferPointer<AEADJob>) {
        lock.withLock { _ in
            withUnsafeTemporaryAllocation(byteCount: Self.longestCheck, alignment: 16) { room in
                let expected = UnsafeMutableRawBufferPointer(rebasing: room[..<checkCount])
                for index in jobs.indices {
                    let job = jobs[index]
                    authenticate(job, into: expected)
                    let received = UnsafeRawBufferPointer(start: job.destination + job.count, count: checkCount)
                    jobs[index].isAuthentic = constantTimeEquals(UnsafeRawBufferPointer(expected), received)
                    guard jobs[index].isAuthentic else { continue }
                    cipher.process(
                        job.destination, to: job.destination, count: job.count,
                        vector: job.destination - Self.vectorCount)
                }
            }
        }
    }

    /// A vector that nobody can foretell: the sequence number, encrypted under the key (NIST SP 800-38A, appendix C).
    private func makeVector(of sequence: UInt64, _ vector: UnsafeMutableRawPointer) {
        let zero: (UInt64, UInt64) = (0, 0)
        vector.storeBytes(of: sequence.bigEndian, as: UInt64.self)
        vector.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
        withUnsafeBytes(of: zero) { zero in
            guard let zero = zero.baseAddress else { return }
            cipher.process(vector, to: vector, count: Self.vectorCount, vector: zero)
        }
    }

    private func authenticate(_ job: AEADJob, into check: UnsafeMutableRawBufferPointer) {
        let packet = UnsafeRawBufferPointer(
            start: job.destination - Self.headerCount, count: Self.headerCount + job.count)
        let upper = UInt32(truncatingIfNeeded: job.counter >> 32).bigEndian
        withUnsafeBytes(of: upper) { upper in
            mac.compute(packet, UnsafeRawBufferPointer(rebasing: upper[..<(usesESN ? 4 : 0)]), into: check)
        }
    }
}
