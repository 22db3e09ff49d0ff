internal import Glibc
internal import OpenSSL
internal import PacketIO
import Tunneling
internal import WireGuard

/// Many peers of one responder that all do handshakes: keys that are the same in every run.
struct Initiators {
    private let keys: [(key: Curve25519.PrivateKey, shared: SecretKey)]
    private let responder: PublicKey
    private let macKey: Bytes32
    private var pending: [UInt32: (initiator: NoiseInitiator, index: Int)] = [:]

    private static let initiationType: UInt32 = 1
    private static let responseType: UInt32 = 2
    private static let cookieType: UInt32 = 3
    private static let responseCount = 92

    static func key(_ index: Int) -> Curve25519.PrivateKey {
        let seed = Array("cvlan-load \(index)".utf8).withUnsafeBytes { BLAKE2s.hash($0) }
        return Curve25519.PrivateKey(SecretKey { out in seed.withUnsafeBytes { out.copyMemory(from: $0) } })
    }

    /// `nil` when the responder's key is none.
    init?(count: Int, responder: PublicKey) {
        var keys: [(Curve25519.PrivateKey, SecretKey)] = []
        for index in 0..<count {
            let key = Self.key(index)
            guard let shared = key.sharedSecret(with: responder) else { return nil }
            keys.append((key, shared))
        }
        self.keys = keys
        self.responder = responder
        macKey = Array("mac1----".utf8).withUnsafeBytes { label in
            responder.withUnsafeBytes { BLAKE2s.hash(label, $0) }
        }
    }

    /// The initiation of the peer whose turn it is with `number`, which is also its index.
    mutating func initiation(_ number: UInt32) -> [UInt8] {
        let index = Int(number) % keys.count
        let (key, shared) = keys[index]
        let nanoseconds = wallClockNanoseconds()
        let stamp = TAI64N(
            WallTime(
                seconds: Int64(nanoseconds / 1_000_000_000), nanoseconds: UInt32(nanoseconds % 1_000_000_000)))
        guard
            let (initiator, noise) = NoiseInitiator.start(
                .wireGuard, local: key, remote: responder, staticShared: shared,
                ephemeral: Curve25519.PrivateKey(.random()), payload: stamp.bytes)
        else { return [] }
        pending[number] = (initiator, index)
        var message = Self.littleEndian(Self.initiationType) + Self.littleEndian(number) + noise
        var mac = [UInt8](repeating: 0, count: 16)
        macKey.withUnsafeBytes { key in
            message.withUnsafeBytes { bytes in mac.withUnsafeMutableBytes { BLAKE2s.mac(key: key, bytes, into: $0) } }
        }
        message += mac
        message += [UInt8](repeating: 0, count: 16)
        return message
    }

    enum Answer {
        /// A response that the initiator could decrypt: both have the keys of a session.
        case session
        /// The responder does nothing before the initiator has proved its address.
        case cookie
        case invalid
    }

    mutating func take(_ message: UnsafeRawBufferPointer) -> Answer {
        guard message.count >= 12 else { return .invalid }
        let type = UInt32(littleEndian: message.loadUnaligned(as: UInt32.self))
        if type == Self.cookieType { return .cookie }
        // sender 4, receiver 4, handshake 48, two MACs of 16
        guard type == Self.responseType, message.count == Self.responseCount else { return .invalid }
        let receiver = UInt32(littleEndian: message.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        guard let (initiator, index) = pending[receiver] else { return .invalid }
        let finished = initiator.finish(Array(message[12..<60]), local: keys[index].key, presharedKey: .zero)
        guard finished != nil else { return .invalid }
        pending[receiver] = nil
        return .session
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
