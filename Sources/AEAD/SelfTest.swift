/// Whether an implementation computes on this processor what the standards say, asked when an engine starts.
enum SelfTest {
    static func passes(_ cipher: Cipher) -> Bool {
        vectors.allSatisfy { $0.holds(cipher) }
    }

    fileprivate struct Vector {
        let algorithm: AEADAlgorithm
        let keyingMaterial: [UInt8]
        let counter: UInt64
        let header: [UInt8]
        let plaintext: [UInt8]
        /// It covers the ciphertext, which so is not needed.
        let tag: [UInt8]
    }

    private static let vectors = [
        // RFC 8439, appendix A.5: its nonce begins with four zero bytes.
        Vector(
            algorithm: .chaCha20Poly1305,
            keyingMaterial: [
                0x1c, 0x92, 0x40, 0xa5, 0xeb, 0x55, 0xd3, 0x8a, 0xf3, 0x33, 0x88, 0x86, 0x04, 0xf6, 0xb5, 0xf0,
                0x47, 0x39, 0x17, 0xc1, 0x40, 0x2b, 0x80, 0x09, 0x9d, 0xca, 0x5c, 0xbc, 0x20, 0x70, 0x75, 0xc0,
            ],
            counter: 0x0807_0605_0403_0201,
            header: [0xf3, 0x33, 0x88, 0x86, 0, 0, 0, 0, 0, 0, 0x4e, 0x91],
            plaintext: Array(
                """
                Internet-Drafts are draft documents valid for a maximum of six months and may be updated, replaced, or \
                obsoleted by other documents at any time. It is inappropriate to use Internet-Drafts as reference material \
                or to cite them other than as /“work in progress./”
                """.utf8),
            tag: [0xee, 0xad, 0x9d, 0x67, 0x89, 0x0c, 0xbb, 0x22, 0x39, 0x23, 0x36, 0xfe, 0xa1, 0x85, 0x1f, 0x38]),
        // RFC 7634, appendix A: the tag covers what comes before the ICV.
        Vector(
            algorithm: .saltedChaCha20Poly1305,
            keyingMaterial: [
                0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f,
                0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f,
                0xa0, 0xa1, 0xa2, 0xa3,
            ],
            counter: 0x1011_1213_1415_1617,
            header: [0x01, 0x02, 0x03, 0x04, 0, 0, 0, 5],
            plaintext: [
                0x45, 0x00, 0x00, 0x54, 0xa6, 0xf2, 0x00, 0x00, 0x40, 0x01, 0xe7, 0x78, 0xc6, 0x33, 0x64, 0x05,
                0xc0, 0x00, 0x02, 0x05, 0x08, 0x00, 0x5b, 0x7a, 0x3a, 0x08, 0x00, 0x00, 0x55, 0x3b, 0xec, 0x10,
                0x00, 0x07, 0x36, 0x27, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13,
                0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23,
                0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33,
                0x34, 0x35, 0x36, 0x37, 0x01, 0x02, 0x02, 0x04,
            ],
            tag: [0x76, 0xaa, 0xa8, 0x26, 0x6b, 0x7f, 0xb0, 0xf7, 0xb1, 0x1b, 0x36, 0x99, 0x07, 0xe1, 0xad, 0x43]),
        // The GCM specification of McGrew and Viega, test cases 2 and 14.
        Vector(
            algorithm: .aes128GCM, keyingMaterial: [UInt8](repeating: 0, count: 20), counter: 0, header: [],
            plaintext: [UInt8](repeating: 0, count: 16),
            tag: [0xab, 0x6e, 0x47, 0xd4, 0x2c, 0xec, 0x13, 0xbd, 0xf5, 0x3a, 0x67, 0xb2, 0x12, 0x57, 0xbd, 0xdf]),
        Vector(
            algorithm: .aes256GCM, keyingMaterial: [UInt8](repeating: 0, count: 36), counter: 0, header: [],
            plaintext: [UInt8](repeating: 0, count: 16),
            tag: [0xd0, 0xd1, 0xc8, 0xa7, 0x99, 0x99, 0x6b, 0xf0, 0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a, 0xb9, 0x19]),
    ]
}

extension SelfTest.Vector {
    fileprivate func holds(_ cipher: Cipher) -> Bool {
        guard let key = keyingMaterial.withUnsafeBytes({ AEADKey(algorithm, keyingMaterial: $0) }) else { return false }
        var text = plaintext + [UInt8](repeating: 0, count: AEADAlgorithm.tagCount)
        guard run(&text, { cipher.seal($0, with: key) }) != nil, Array(text.suffix(tag.count)) == tag else {
            return false
        }
        var forged = text
        forged[plaintext.count / 2] ^= 1
        return run(&forged) { cipher.open($0, with: key) } == false
            && run(&text) { cipher.open($0, with: key) } == true && text.starts(with: plaintext)
    }

    /// Whether the job is authentic afterwards; `nil` when it did not run.
    private func run(_ text: inout [UInt8], _ work: (UnsafeMutableBufferPointer<AEADJob>) -> Void) -> Bool? {
        text.withUnsafeMutableBytes { text in
            header.withUnsafeBytes { header -> Bool? in
                guard let base = text.baseAddress else { return nil }
                var job = AEADJob(
                    source: base, destination: base, count: plaintext.count, counter: counter,
                    authenticated: header.baseAddress, authenticatedCount: header.count)
                withUnsafeMutablePointer(to: &job) { work(UnsafeMutableBufferPointer(start: $0, count: 1)) }
                return job.isAuthentic
            }
        }
    }
}
