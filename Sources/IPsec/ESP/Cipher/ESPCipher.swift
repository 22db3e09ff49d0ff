internal import AEAD
internal import OpenSSL

/// What encrypts an SA's packets in one direction, whole batches at once, where they lie.
enum ESPCipher: Sendable {
    /// RFC 4106, RFC 7634.
    case aead(AEADKey)
    /// RFC 3602 and RFC 4868.
    case cbc(CBCWithHMAC)

    /// `nil` when the keying material has another length than the suite wants.
    init?(_ suite: ESPSuite, _ keys: SecretBytes, _ direction: CBCContext.Direction) {
        let algorithm: AEADAlgorithm
        switch suite.encryption {
        case .aes256GCM16: algorithm = .aes256GCM
        case .aes128GCM16: algorithm = .aes128GCM
        case .chaCha20Poly1305: algorithm = .saltedChaCha20Poly1305
        case .aes256CBC, .aes128CBC:
            guard let cipher = CBCWithHMAC(suite, keys, direction) else { return nil }
            self = .cbc(cipher)
            return
        }
        guard let key = keys.withUnsafeBytes({ AEADKey(algorithm, keyingMaterial: $0) }) else { return nil }
        self = .aead(key)
    }

    func seal(_ jobs: UnsafeMutableBufferPointer<AEADJob>, engine: AEADEngine) {
        switch self {
        case .aead(let key): engine.seal(jobs, with: key)
        case .cbc(let cipher): cipher.seal(jobs)
        }
    }

    /// Sets `isAuthentic` of each job.
    func open(_ jobs: UnsafeMutableBufferPointer<AEADJob>, engine: AEADEngine) {
        switch self {
        case .aead(let key): engine.open(jobs, with: key)
        case .cbc(let cipher): cipher.open(jobs)
        }
    }

    /// Whether a job's `counter` is what the packet's vector says, as AEADs have it; else it is the sequence number.
    var readsVector: Bool {
        switch self {
        case .aead: true
        case .cbc: false
        }
    }
}
