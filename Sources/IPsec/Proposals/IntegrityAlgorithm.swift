/// The integrity algorithms that go with ciphers that have none of their own (RFC 4868), by IANA's numbers.
package enum IntegrityAlgorithm: UInt16, Hashable, Sendable, CaseIterable {
    case hmacSHA256x128 = 12
    case hmacSHA384x192 = 13
    case hmacSHA512x256 = 14

    package var keyCount: Int {
        switch self {
        case .hmacSHA256x128: 32
        case .hmacSHA384x192: 48
        case .hmacSHA512x256: 64
        }
    }

    /// Bytes of the integrity check value: half the hash.
    package var checkCount: Int { keyCount / 2 }
}
