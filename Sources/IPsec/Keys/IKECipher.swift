package import OpenSSL

/// Why an SK or SKF payload was not opened.
package enum IKECipherRefusal: Error, Hashable, Sendable {
    /// Shorter than any, or no whole blocks.
    case length
    /// The check value is wrong: forged, damaged, or under other keys.
    case notAuthentic
    /// Authentic, and padded with more bytes than there are.
    case padding
}

/// Protects the bodies of SK and SKF payloads in one direction: initialisation vector │ ciphertext of payloads, padding and its
/// length │ check value (RFC 7296 §3.14, RFC 5282 §3, RFC 7383 §2.5).
///
/// Each direction of an IKE SA has one, by SK_ei and SK_ai or by SK_er and SK_ar. A reference, so that no copy gives out a nonce
/// again. One thread at a time.
package final class IKECipher {
    private let encryption: EncryptionAlgorithm
    private let integrity: IntegrityAlgorithm?
    private let encryptionKey: SecretBytes
    private let integrityKey: SecretBytes
    /// The next vector of an AEAD: it must not come twice, and need not be random (RFC 5282 §3.1).
    private var counter: UInt64 = 0

    /// `encryptionKey` ends with the salt of an AEAD; `integrityKey` is empty with one.
    package init(_ suite: IKESuite, encryptionKey: SecretBytes, integrityKey: SecretBytes) {
        precondition(
            encryptionKey.count == suite.encryption.keyCount + suite.encryption.saltCount
                && integrityKey.count == suite.integrity?.keyCount ?? 0
                && suite.encryption.isAuthenticated == (suite.integrity == nil), "keys of another suite")
        encryption = suite.encryption
        integrity = suite.integrity
        self.encryptionKey = encryptionKey
        self.integrityKey = integrityKey
    }

    private var checkCount: Int { integrity?.checkCount ?? encryption.tagCount }

    /// Bytes of the body that `seal` makes of this many, to be known first: the header that it covers says the length.
    package func bodyCount(forPlaintext count: Int) -> Int {
        encryption.vectorCount + paddedCount(count) + checkCount
    }

    /// With padding and its length.
    private func paddedCount(_ count: Int) -> Int {
        let block = encryption.blockCount
        return (count + 1 + block - 1) / block * block
    }

    /// - Parameters:
    ///   - plaintext: Payloads, one after the other.
    ///   - header: The message as it will be sent, from the IKE header to where the body begins, lengths filled in.
    package func seal(_ plaintext: [UInt8], header: [UInt8]) -> [UInt8] {
        let padded = paddedCount(plaintext.count)
        var text = plaintext + [UInt8](repeating: 0, count: padded - plaintext.count)
        text[padded - 1] = UInt8(padded - plaintext.count - 1)
        defer { text.withUnsafeMutableBytes { wipe($0) } }
        let vector = nextVector()
        var body = vector + [UInt8](repeating: 0, count: padded + checkCount)
        body.withUnsafeMutableBytes { body in
            text.withUnsafeBytes { text in
                let rest = UnsafeMutableRawBufferPointer(rebasing: body[vector.count...])
                if let integrity {
                    encryptCBC(text, vector: vector, into: rest)
                    let (covered, check) = (body.dropLast(checkCount), body.suffix(checkCount))
                    authenticate(
                        header, UnsafeRawBufferPointer(rebasing: covered), integrity,
                        into: UnsafeMutableRawBufferPointer(rebasing: check))
                } else {
                    sealAEAD(text, vector: vector, header, into: rest)
                }
            }
        }
        return body
    }

    /// The payloads that a peer sealed. `header` is everything of the message, as it came, before the body.
    package func open(_ body: [UInt8], header: [UInt8]) throws(IKECipherRefusal) -> [UInt8] {
        let count = body.count - encryption.vectorCount - checkCount
        guard count > 0, count.isMultiple(of: encryption.blockCount) else { throw .length }
        var text = [UInt8](repeating: 0, count: count)
        let isAuthentic = body.withUnsafeBytes { body in
            text.withUnsafeMutableBytes { text in
                integrity.map { openCBC(body, header, $0, into: text) } ?? openAEAD(body, header, into: text)
            }
        }
        guard isAuthentic else { throw .notAuthentic }
        let padding = Int(text[count - 1])
        guard padding < count else { throw .padding }
        text.removeLast(padding + 1)
        return text
    }

    private func nextVector() -> [UInt8] {
        // That of CBC must not be foreseeable.
        guard encryption.isAuthenticated else { return SecureRandom.bytes(count: encryption.vectorCount) }
        defer { counter += 1 }
        return withUnsafeBytes(of: counter.bigEndian) { Array($0) }
    }
}

// MARK: - AEAD (RFC 5282)

extension IKECipher {
    private var aead: AEADContext.Algorithm {
        switch encryption {
        case .aes128GCM16: .aes128GCM
        case .aes256GCM16: .aes256GCM
        case .chaCha20Poly1305: .chaCha20Poly1305
        case .aes128CBC, .aes256CBC: preconditionFailure("no AEAD")
        }
    }

    /// Calls `body` with a keyed context and the nonce: salt, then vector (RFC 5282 §4).
    private func withAEAD<Result>(
        _ direction: AEADContext.Direction, vector: UnsafeRawBufferPointer,
        _ body: (AEADContext, UnsafeRawPointer) -> Result
    ) -> Result {
        let context = AEADContext(aead, direction)
        return encryptionKey.withUnsafeBytes { key in
            withUnsafeTemporaryAllocation(byteCount: AEADContext.nonceCount, alignment: 8) { nonce in
                nonce.copyMemory(from: UnsafeRawBufferPointer(rebasing: key[encryption.keyCount...]))
                UnsafeMutableRawBufferPointer(rebasing: nonce[encryption.saltCount...]).copyMemory(from: vector)
                guard let key = key.baseAddress, let nonce = nonce.baseAddress else {
                    preconditionFailure("an AEAD without a key")
                }
                context.setKey(key)
                return body(context, nonce)
            }
        }
    }

    /// `out` has room for the ciphertext and the tag.
    private func sealAEAD(
        _ text: UnsafeRawBufferPointer, vector: [UInt8], _ header: [UInt8], into out: UnsafeMutableRawBufferPointer
    ) {
        guard let source = text.baseAddress, let target = out.baseAddress else { return }
        vector.withUnsafeBytes { vector in
            withAEAD(.sealing, vector: vector) { context, nonce in
                header.withUnsafeBytes {
                    context.seal(source, to: target, count: text.count, nonce: nonce, authenticating: $0)
                }
            }
        }
    }

    private func openAEAD(
        _ body: UnsafeRawBufferPointer, _ header: [UInt8], into text: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let base = body.baseAddress, let target = text.baseAddress else { return false }
        let vector = UnsafeRawBufferPointer(rebasing: body[..<encryption.vectorCount])
        return withAEAD(.opening, vector: vector) { context, nonce in
            header.withUnsafeBytes {
                context.open(
                    base + encryption.vectorCount, to: target, count: text.count, nonce: nonce, authenticating: $0)
            }
        }
    }
}

// MARK: - Encrypt, then MAC (RFC 7296 §3.14)

extension IKECipher {
    private var cbc: CBCContext.Algorithm { encryption == .aes128CBC ? .aes128 : .aes256 }

    private func encryptCBC(
        _ text: UnsafeRawBufferPointer, vector: [UInt8], into out: UnsafeMutableRawBufferPointer
    ) {
        vector.withUnsafeBytes { process(.encrypting, text, vector: $0, into: out) }
    }

    private func openCBC(
        _ body: UnsafeRawBufferPointer, _ header: [UInt8], _ integrity: IntegrityAlgorithm,
        into text: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let covered = UnsafeRawBufferPointer(rebasing: body.dropLast(checkCount))
        let isAuthentic = withUnsafeTemporaryAllocation(byteCount: checkCount, alignment: 8) { expected in
            authenticate(header, covered, integrity, into: expected)
            return constantTimeEquals(
                UnsafeRawBufferPointer(expected), UnsafeRawBufferPointer(rebasing: body.suffix(checkCount)))
        }
        guard isAuthentic else { return false }
        let vector = UnsafeRawBufferPointer(rebasing: covered[..<encryption.vectorCount])
        process(
            .decrypting, UnsafeRawBufferPointer(rebasing: covered[encryption.vectorCount...]), vector: vector,
            into: text)
        return true
    }

    private func process(
        _ direction: CBCContext.Direction, _ source: UnsafeRawBufferPointer, vector: UnsafeRawBufferPointer,
        into out: UnsafeMutableRawBufferPointer
    ) {
        let context = CBCContext(cbc, direction)
        encryptionKey.withUnsafeBytes { key in
            guard let key = key.baseAddress, let vector = vector.baseAddress, let from = source.baseAddress,
                let to = out.baseAddress
            else { return }
            context.setKey(key)
            context.process(from, to: to, count: source.count, vector: vector)
        }
    }

    /// Over the whole message, from the IKE header to the end of the ciphertext.
    private func authenticate(
        _ header: [UInt8], _ covered: UnsafeRawBufferPointer, _ integrity: IntegrityAlgorithm,
        into out: UnsafeMutableRawBufferPointer
    ) {
        let hmac = HMAC(integrity.digest, key: integrityKey)
        header.withUnsafeBytes { hmac.compute($0, covered, into: out) }
    }
}

extension IntegrityAlgorithm {
    var digest: DigestAlgorithm {
        switch self {
        case .hmacSHA256x128: .sha256
        case .hmacSHA384x192: .sha384
        case .hmacSHA512x256: .sha512
        }
    }
}
