/// The first four bytes of every datagram, little endian (paper §5.4): a type and three reserved zero bytes.
enum MessageType: UInt32 {
    case initiation = 1
    case response = 2
    case cookieReply = 3
    case data = 4

    /// `nil` for what is no message, or has a length that its type cannot have.
    @inline(__always)
    init?(of datagram: UnsafeRawBufferPointer) {
        guard datagram.count >= 4, let type = MessageType(rawValue: datagram.littleEndian32(at: 0)) else { return nil }
        let isRight =
            switch type {
            case .initiation: datagram.count == HandshakeMessage.initiationCount
            case .response: datagram.count == HandshakeMessage.responseCount
            case .cookieReply: datagram.count == CookieReply.count
            case .data: datagram.count >= DataHeader.minimumMessage
            }
        guard isRight else { return nil }
        self = type
    }
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
