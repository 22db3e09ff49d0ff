internal import CSodium

/// Anonymous public-key encryption (`crypto_box_seal`): whoever has the public key can seal, only the private key opens.
package enum SealedBox {
    /// Bytes that a box is longer than its message.
    package static let overhead = crypto_box_sealbytes()

    /// `nil` when the recipient's key is a point of small order.
    package static func seal(_ message: some Collection<UInt8>, to recipient: X25519.PublicKey) -> [UInt8]? {
        Sodium.start
        var box = [UInt8](repeating: 0, count: message.count + overhead)
        let status = withBytes(of: message) { message, length in
            crypto_box_seal(&box, message, UInt64(length), recipient.bytes)
        }
        return status == 0 ? box : nil
    }

    /// `nil` when the box was not sealed to this key or was changed.
    package static func open(_ box: some Collection<UInt8>, with key: X25519.PrivateKey) -> SecretBytes? {
        guard box.count >= overhead else { return nil }
        var status: Int32 = -1
        let message = SecretBytes(count: box.count - overhead) { out in
            withBytes(of: box) { box, length in
                key.bytes.withBytePointer { secret in
                    status = crypto_box_seal_open(
                        out.bindMemory(to: UInt8.self).baseAddress, box, UInt64(length), key.publicKey.bytes, secret)
                }
            }
        }
        return status == 0 ? message : nil
    }
}
