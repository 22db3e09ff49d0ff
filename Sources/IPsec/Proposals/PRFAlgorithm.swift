/// The pseudorandom functions that the product can do (RFC 4868), by IANA's numbers.
package enum PRFAlgorithm: UInt16, Hashable, Sendable, CaseIterable {
    case hmacSHA256 = 5
    case hmacSHA384 = 6
    case hmacSHA512 = 7

    /// Bytes of output, which is also the preferred length of a key.
    package var outputCount: Int {
        switch self {
        case .hmacSHA256: 32
        case .hmacSHA384: 48
        case .hmacSHA512: 64
        }
    }
}
