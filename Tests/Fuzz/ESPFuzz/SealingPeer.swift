import AEAD
import IPsec
import OpenSSL

/// A peer with the SA's keys that seals whatever text it is given.
struct SealingPeer {
    static let suites: [(EncryptionAlgorithm, IntegrityAlgorithm?)] = [
        (.aes256GCM16, nil), (.chaCha20Poly1305, nil), (.aes128CBC, .hmacSHA256x128), (.aes256CBC, .hmacSHA512x256),
    ]
    static let spi: UInt32 = 0x1234_5678
    static let spiBytes: [UInt8] = [0x12, 0x34, 0x56, 0x78]

    let suite: ESPSuite
    let keys: SecretBytes
    private let engine: AEADEngine
    private let key: AEADKey?

    init?(_ suite: ESPSuite, _ engine: AEADEngine) {
        self.suite = suite
        self.engine = engine
        let count = suite.encryption.keyCount + suite.encryption.saltCount + (suite.integrity?.keyCount ?? 0)
        keys = SecretBytes(copying: (0..<count).map { UInt8(truncatingIfNeeded: 3 + $0 * 7) })
        let algorithm: AEADAlgorithm = suite.encryption == .aes256GCM16 ? .aes256GCM : .saltedChaCha20Poly1305
        key = keys.withUnsafeBytes { AEADKey(algorithm, keyingMaterial: $0) }
        if suite.integrity == nil, key == nil { return nil }
    }

    /// An SPI and a sequence number.
    var header: [UInt8] { Self.spiBytes + [0, 0, 0, 1] }

    /// The text, lengthened before its trailer to whole blocks; `nil` without a trailer.
    func wholeBlocks(_ text: [UInt8]) -> [UInt8]? {
        let block = max(4, suite.encryption.blockCount)
        guard text.count >= 2 else { return nil }
        return text.dropLast(2) + [UInt8](repeating: 0, count: (block - text.count % block) % block) + text.suffix(2)
    }

    /// RFC 4303, with vectors that are the sequence number.
    func seal(_ text: [UInt8], number: UInt64) -> [UInt8] {
        let packet = Self.spiBytes + Self.bytes(UInt32(truncatingIfNeeded: number))
        let upper = suite.usesESN ? Self.bytes(UInt32(truncatingIfNeeded: number >> 32)) : []
        let vector = [UInt8](repeating: 9, count: suite.encryption.vectorCount)
        guard let integrity = suite.integrity else {
            return packet + vector + sealed(text, vector, Self.spiBytes + upper + packet[4...])
        }
        let whole = packet + vector + encrypted(text, vector)
        let keyCount = suite.encryption.keyCount
        let mac = HMAC(integrity == .hmacSHA256x128 ? .sha256 : .sha512, key: keys.slice(keyCount..<keys.count))
        return whole + mac.code(for: whole, upper).prefix(integrity.checkCount)
    }

    private static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private func sealed(_ text: [UInt8], _ vector: [UInt8], _ header: [UInt8]) -> [UInt8] {
        guard let key else { return [] }
        var out = text + [UInt8](repeating: 0, count: AEADAlgorithm.tagCount)
        out.withUnsafeMutableBytes { out in
            header.withUnsafeBytes { header in
                guard let base = out.baseAddress else { return }
                var job = AEADJob(
                    source: base, destination: base, count: text.count,
                    counter: vector.reduce(0) { $0 << 8 | UInt64($1) }, authenticated: header.baseAddress,
                    authenticatedCount: header.count)
                withUnsafeMutablePointer(to: &job) {
                    engine.seal(UnsafeMutableBufferPointer(start: $0, count: 1), with: key)
                }
            }
        }
        return out
    }

    private func encrypted(_ text: [UInt8], _ vector: [UInt8]) -> [UInt8] {
        let context = CBCContext(suite.encryption == .aes128CBC ? .aes128 : .aes256, .encrypting)
        keys.withUnsafeBytes { if let base = $0.baseAddress { context.setKey(base) } }
        var out = text
        out.withUnsafeMutableBytes { out in
            guard let base = out.baseAddress else { return }
            context.process(base, to: base, count: text.count, vector: vector)
        }
        return out
    }
}
