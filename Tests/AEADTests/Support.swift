import AEAD
import TestRandom
import Testing

/// Bytes of a hexadecimal string; white space does not count.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

extension AEADAlgorithm {
    var keyingMaterialCount: Int {
        switch self {
        case .chaCha20Poly1305: 32
        case .aes128GCM: 20
        case .saltedChaCha20Poly1305, .aes256GCM: 36
        }
    }
}

extension AEADEngine.Kind {
    /// The implementations that this processor has.
    static let here: [AEADEngine.Kind] = {
        #if arch(x86_64)
            [.ipsecMB, .openSSL]
        #else
            [.openSSL]
        #endif
    }()
}

func key(_ algorithm: AEADAlgorithm, _ material: [UInt8]) throws -> AEADKey {
    try #require(material.withUnsafeBytes { AEADKey(algorithm, keyingMaterial: $0) })
}

func randomKey(_ algorithm: AEADAlgorithm, _ random: inout SeededRandom) throws -> AEADKey {
    try key(algorithm, random.bytes(algorithm.keyingMaterialCount))
}

extension AEADEngine {
    func seal(_ packet: Packet, with key: AEADKey) -> [UInt8] {
        var batch = Batch([packet], .sealing)
        batch.run { seal($0, with: key) }
        return batch.output(0)
    }

    /// `nil` when it is not authentic.
    func open(_ packet: Packet, with key: AEADKey) -> [UInt8]? {
        var batch = Batch([packet], .opening)
        batch.run { open($0, with: key) }
        return batch.isAuthentic(0) ? batch.output(0) : nil
    }
}
