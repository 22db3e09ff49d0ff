import OpenSSL
import Testing

@Suite struct ChaCha20Poly1305Tests {
    // RFC 8439, appendix A.5: its nonce begins with four zero bytes, as WireGuard's do.
    private let key = "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"
    private let counter: UInt64 = 0x0807_0605_0403_0201
    private let header = hex("f33388860000000000004e91")
    private let ciphertext = hex(
        """
        64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0
        bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855
        9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e9
        9040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a
        0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130
        305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709b
        """)
    private let tag = hex("eead9d67890cbb22392336fea1851f38")
    private let plaintext = Array(
        """
        Internet-Drafts are draft documents valid for a maximum of six months and may be updated, replaced, or \
        obsoleted by other documents at any time. It is inappropriate to use Internet-Drafts as reference material or \
        to cite them other than as /“work in progress./”
        """.utf8)

    private func seal(_ text: [UInt8], _ cipher: ChaCha20Poly1305, counter: UInt64, header: [UInt8] = []) -> [UInt8] {
        var buffer = text + [UInt8](repeating: 0, count: ChaCha20Poly1305.tagCount)
        buffer.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            header.withUnsafeBytes { cipher.seal(base, count: text.count, counter: counter, authenticating: $0) }
        }
        return buffer
    }

    private func open(_ text: [UInt8], _ cipher: ChaCha20Poly1305, counter: UInt64, header: [UInt8] = []) -> [UInt8]? {
        var buffer = text
        let verified = buffer.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return false }
            return header.withUnsafeBytes {
                cipher.open(base, count: buffer.count, counter: counter, authenticating: $0)
            }
        }
        return verified ? Array(buffer.dropLast(ChaCha20Poly1305.tagCount)) : nil
    }

    @Test func sealsTheVectorOfTheRFC() throws {
        let cipher = ChaCha20Poly1305(.sealing, key: try secret(key))
        #expect(seal(plaintext, cipher, counter: counter, header: header) == ciphertext + tag)
    }

    @Test func opensTheVectorOfTheRFC() throws {
        let cipher = ChaCha20Poly1305(.opening, key: try secret(key))
        #expect(open(ciphertext + tag, cipher, counter: counter, header: header) == plaintext)
    }

    /// One context serves many messages, also after one that did not verify.
    @Test func everyChangedBitIsNoticed() throws {
        let cipher = ChaCha20Poly1305(.opening, key: try secret(key))
        let sealed = ciphertext + tag
        for bit in stride(from: 0, to: sealed.count * 8, by: 7) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(open(changed, cipher, counter: counter, header: header) == nil)
        }
        #expect(open(sealed, cipher, counter: counter + 1, header: header) == nil)
        #expect(open(sealed, cipher, counter: counter, header: []) == nil)
        #expect(open(sealed, cipher, counter: counter, header: header) == plaintext)
    }

    @Test func emptyTextHasOnlyATag() throws {
        let sealing = ChaCha20Poly1305(.sealing, key: try secret(key))
        let opening = ChaCha20Poly1305(.opening, key: try secret(key))
        let sealed = seal([], sealing, counter: 7)
        #expect(sealed.count == ChaCha20Poly1305.tagCount)
        #expect(open(sealed, opening, counter: 7) == [])
        #expect(open(Array(sealed.dropLast()), opening, counter: 7) == nil)
    }

    @Test func everyLengthComesBack() throws {
        let sealing = ChaCha20Poly1305(.sealing, key: try secret(key))
        let opening = ChaCha20Poly1305(.opening, key: try secret(key))
        for count in 0...600 {
            let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let sealed = seal(text, sealing, counter: UInt64(count))
            #expect(open(sealed, opening, counter: UInt64(count)) == text)
        }
    }
}
