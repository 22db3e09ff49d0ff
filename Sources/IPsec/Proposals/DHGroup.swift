/// The Diffie-Hellman groups that the product can do, by IANA's numbers.
package enum DHGroup: UInt16, Hashable, Sendable, CaseIterable {
    /// RFC 3526.
    case modp2048 = 14
    case modp3072 = 15
    case modp4096 = 16
    /// RFC 5903.
    case ecp256 = 19
    case ecp384 = 20
    /// RFC 8031: X25519.
    case curve25519 = 31

    /// Bytes in a public value: what the KE payload must have.
    package var publicValueCount: Int {
        switch self {
        case .modp2048: 256
        case .modp3072: 384
        case .modp4096: 512
        case .ecp256: 64
        case .ecp384: 96
        case .curve25519: 32
        }
    }
}
