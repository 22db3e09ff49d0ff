internal import COpenSSL

/// The textual encoding of keys and certificates (RFC 7468).
package enum PEM {
    /// The contents of the blocks with this label, in their order. Text after a damaged block does not count.
    package static func blocks(named label: String, in text: [UInt8]) -> [[UInt8]] {
        guard let input = BIO_new_mem_buf(text, Int32(clamping: text.count)) else { return [] }
        defer {
            BIO_free(input)
            ERR_clear_error()
        }
        var blocks: [[UInt8]] = []
        var (name, header): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) = (nil, nil)
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        while PEM_read_bio(input, &name, &header, &data, &count) == 1 {
            if let name, String(cString: name) == label {
                blocks.append(Array(UnsafeBufferPointer(start: data, count: count)))
            }
            CRYPTO_free(name, nil, 0)
            CRYPTO_free(header, nil, 0)
            CRYPTO_clear_free(data, count, nil, 0)
            (name, header, data, count) = (nil, nil, nil, 0)
        }
        return blocks
    }
}
