internal import OpenSSL

/// MAC1 and MAC2 of handshake messages (paper §5.4.4): the last 32 bytes.
enum MessageMACs {
    static let count = HandshakeMessage.macCount

    /// The key of MAC1 or of cookie replies for messages to the owner of `publicKey`.
    static func key(_ label: String, of publicKey: PublicKey) -> Bytes32 {
        Array(label.utf8).withUnsafeBytes { label in
            publicKey.withUnsafeBytes { BLAKE2s.hash(label, $0) }
        }
    }

    static func mac(key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: count)
        mac.withUnsafeMutableBytes { BLAKE2s.mac(key: key, message, into: $0) }
        return mac
    }

    static func mac1(key: Bytes32, _ message: UnsafeRawBufferPointer) -> [UInt8] {
        key.withUnsafeBytes { mac(key: $0, message) }
    }

    /// - Parameter message: an initiation or a response of the right length.
    static func isValidMAC1(of message: UnsafeRawBufferPointer, key: Bytes32) -> Bool {
        let end = message.count - 2 * count
        let mac = mac1(key: key, UnsafeRawBufferPointer(rebasing: message[..<end]))
        return equal(mac, UnsafeRawBufferPointer(rebasing: message[end..<(end + count)]))
    }

    static func mac2(cookie: [UInt8], _ message: UnsafeRawBufferPointer) -> [UInt8] {
        cookie.withUnsafeBytes { mac(key: $0, message) }
    }

    /// Compares in constant time.
    static func equal(_ mac: [UInt8], _ received: UnsafeRawBufferPointer) -> Bool {
        mac.withUnsafeBytes { constantTimeEquals($0, received) }
    }
}
