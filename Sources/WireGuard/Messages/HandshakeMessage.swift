/// An initiation or a response as it lies on the wire, split into its parts (paper §5.4.2 and §5.4.3).
///
///     initiation: type 4 │ sender 4 │            │ noise 108 │ mac1 16 │ mac2 16    148 bytes
///     response:   type 4 │ sender 4 │ receiver 4 │ noise 48  │ mac1 16 │ mac2 16     92 bytes
struct HandshakeMessage {
    static let initiationCount = 148
    static let responseCount = 92
    static let macCount = 16

    /// The sender's index: what it wants answers to be addressed to.
    let sender: UInt32
    /// Only in a response: the index from the initiation.
    let receiver: UInt32?
    /// The handshake itself.
    let noise: [UInt8]

    /// The caller has checked the length.
    init(_ type: MessageType, _ bytes: UnsafeRawBufferPointer) {
        sender = bytes.littleEndian32(at: 4)
        receiver = type == .response ? bytes.littleEndian32(at: 8) : nil
        noise = Array(bytes[(type == .response ? 12 : 8)..<(bytes.count - 2 * Self.macCount)])
    }
}

/// A handshake message that its MACs are still to be put on.
struct UnsealedHandshake {
    let bytes: [UInt8]

    static func initiation(sender: UInt32, noise: [UInt8]) -> UnsealedHandshake {
        UnsealedHandshake(bytes: littleEndianBytes(MessageType.initiation.rawValue) + littleEndianBytes(sender) + noise)
    }

    static func response(sender: UInt32, receiver: UInt32, noise: [UInt8]) -> UnsealedHandshake {
        let header = littleEndianBytes(MessageType.response.rawValue)
        return UnsealedHandshake(bytes: header + littleEndianBytes(sender) + littleEndianBytes(receiver) + noise)
    }
}
