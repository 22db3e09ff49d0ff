/// The first four bytes of every datagram, little endian (paper §5.4): a type and three reserved zero bytes.
enum MessageType: UInt32 {
    case initiation = 1
    case response = 2
    case cookieReply = 3
    case data = 4
}

extension UnsafeRawBufferPointer {
    func littleEndian32(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}

/// The bytes of an integer, little endian.
func littleEndianBytes(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
