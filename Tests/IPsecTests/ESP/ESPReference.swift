import IPsec
import OpenSSL

/// ESP as RFC 4303 has it, one packet at a time, slowly and plainly: with OpenSSL's ciphers, and nothing of the module's codec.
enum ESPReference {
    static func integer(_ bytes: some Collection<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    static func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) }
    }

    private static func upper(_ suite: ESPSuite, _ number: UInt64) -> [UInt8] {
        suite.usesESN ? bytes(number >> 32, 4) : []
    }

    /// - Parameter text: packet, padding and trailer.
    static func seal(
        _ text: [UInt8], _ suite: ESPSuite, keys: [UInt8], spi: UInt32, number: UInt64, vector: [UInt8]
    ) -> [UInt8] {
        let (spi, lower) = (bytes(UInt64(spi), 4), bytes(number & 0xFFFF_FFFF, 4))
        let key = Array(keys.prefix(suite.encryption.keyCount))
        guard let integrity = suite.integrity else {
            let salt = Array(keys.suffix(4))
            let header = spi + upper(suite, number) + lower
            return spi + lower + vector + aead(suite, key, nonce: salt + vector, header, text, .sealing)
        }
        let hidden = cbc(key, vector, text, .encrypting)
        let packet = spi + lower + vector + hidden
        return packet + mac(integrity, keys, suite).code(for: packet, upper(suite, number)).prefix(integrity.checkCount)
    }

    /// The text; `nil` when the check value does not verify.
    static func open(_ packet: [UInt8], _ suite: ESPSuite, keys: [UInt8], number: UInt64) -> [UInt8]? {
        let key = Array(keys.prefix(suite.encryption.keyCount))
        let vector = Array(packet[8..<8 + suite.encryption.vectorCount])
        guard let integrity = suite.integrity else {
            let header = Array(packet[..<4]) + upper(suite, number) + Array(packet[4..<8])
            let opened = aead(
                suite, key, nonce: Array(keys.suffix(4)) + vector, header, Array(packet[16...]), .opening)
            return opened.isEmpty ? nil : opened
        }
        let hidden = Array(packet[24..<packet.count - integrity.checkCount])
        let check = mac(integrity, keys, suite)
            .code(for: Array(packet.dropLast(integrity.checkCount)), upper(suite, number))
        guard check.prefix(integrity.checkCount).elementsEqual(packet.suffix(integrity.checkCount)) else { return nil }
        return cbc(key, vector, hidden, .decrypting)
    }

    private static func mac(_ integrity: IntegrityAlgorithm, _ keys: [UInt8], _ suite: ESPSuite) -> HMAC {
        let algorithm: DigestAlgorithm =
            switch integrity {
            case .hmacSHA256x128: .sha256
            case .hmacSHA384x192: .sha384
            case .hmacSHA512x256: .sha512
            }
        return HMAC(algorithm, key: SecretBytes(copying: keys.dropFirst(suite.encryption.keyCount)))
    }

    /// Empty when it does not verify.
    private static func aead(
        _ suite: ESPSuite, _ key: [UInt8], nonce: [UInt8], _ header: [UInt8], _ text: [UInt8],
        _ direction: AEADContext.Direction
    ) -> [UInt8] {
        let algorithm: AEADContext.Algorithm =
            switch suite.encryption {
            case .aes256GCM16: .aes256GCM
            case .aes128GCM16: .aes128GCM
            default: .chaCha20Poly1305
            }
        let context = AEADContext(algorithm, direction)
        key.withUnsafeBytes { if let base = $0.baseAddress { context.setKey(base) } }
        let count = direction == .sealing ? text.count : text.count - 16
        var out = [UInt8](repeating: 0, count: direction == .sealing ? count + 16 : count)
        var isAuthentic = true
        out.withUnsafeMutableBytes { out in
            text.withUnsafeBytes { text in
                nonce.withUnsafeBytes { nonce in
                    header.withUnsafeBytes { header in
                        guard let out = out.baseAddress, let text = text.baseAddress, let nonce = nonce.baseAddress
                        else { return }
                        if direction == .sealing {
                            context.seal(text, to: out, count: count, nonce: nonce, authenticating: header)
                        } else {
                            isAuthentic = context.open(
                                text, to: out, count: count, nonce: nonce, authenticating: header)
                        }
                    }
                }
            }
        }
        return isAuthentic ? out : []
    }

    private static func cbc(
        _ key: [UInt8], _ vector: [UInt8], _ text: [UInt8], _ direction: CBCContext.Direction
    ) -> [UInt8] {
        let context = CBCContext(key.count == 16 ? .aes128 : .aes256, direction)
        key.withUnsafeBytes { if let base = $0.baseAddress { context.setKey(base) } }
        var out = text
        out.withUnsafeMutableBytes { out in
            vector.withUnsafeBytes { vector in
                guard let out = out.baseAddress, let vector = vector.baseAddress else { return }
                context.process(out, to: out, count: text.count, vector: vector)
            }
        }
        return out
    }
}
