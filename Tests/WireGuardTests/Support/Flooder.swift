import Addressing
import OpenSSL
import Sodium
import TestRandom
import WireGuard

/// Somebody who knows a device's public key and whose initiations are otherwise random bytes. With a cookie, it has shown that
/// it receives at its address.
struct Flooder {
    let endpoint: Endpoint
    private let target: PublicKey
    private var generator: SeededRandom
    private var lastMAC1: [UInt8] = []
    private var cookie: [UInt8]?

    init(at endpoint: Endpoint, against target: PublicKey, seed: UInt64) {
        self.endpoint = endpoint
        self.target = target
        generator = SeededRandom(seed)
    }

    mutating func initiation() -> [UInt8] {
        var message: [UInt8] = [1, 0, 0, 0] + generator.bytes(112)
        lastMAC1 = Self.mac(key("mac1----").array, message)
        message += lastMAC1
        return message + (cookie.map { Self.mac($0, message) } ?? [UInt8](repeating: 0, count: 16))
    }

    /// Takes a cookie reply to the last initiation.
    mutating func take(_ reply: [UInt8]) {
        cookie = XChaCha20Poly1305.open(
            Array(reply[32...]), key: key("cookie--").array, nonce: Array(reply[8..<32]), authenticating: lastMAC1)
    }

    private func key(_ label: String) -> BLAKE2s.Digest {
        Array(label.utf8).withUnsafeBytes { label in target.withUnsafeBytes { BLAKE2s.hash(label, $0) } }
    }

    private static func mac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: 16)
        key.withUnsafeBytes { key in
            message.withUnsafeBytes { message in mac.withUnsafeMutableBytes { BLAKE2s.mac(key: key, message, into: $0) }
            }
        }
        return mac
    }
}
