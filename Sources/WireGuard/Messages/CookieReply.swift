/// A cookie reply (paper §5.4.7): type 4 │ receiver 4 │ nonce 24 │ encrypted cookie 32.
struct CookieReply {
    static let count = 64

    let receiver: UInt32
    let nonce: [UInt8]
    let sealedCookie: [UInt8]

    init(receiver: UInt32, nonce: [UInt8], sealedCookie: [UInt8]) {
        self.receiver = receiver
        self.nonce = nonce
        self.sealedCookie = sealedCookie
    }

    /// The caller has checked the length.
    init(_ bytes: UnsafeRawBufferPointer) {
        receiver = bytes.littleEndian32(at: 4)
        nonce = Array(bytes[8..<32])
        sealedCookie = Array(bytes[32..<64])
    }

    var bytes: [UInt8] {
        littleEndianBytes(MessageType.cookieReply.rawValue) + littleEndianBytes(receiver) + nonce + sealedCookie
    }
}
