/// What a peer can hash with for digital signatures (RFC 7427 §7, RFC 8420).
package struct HashAlgorithm: Registered {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let sha1 = HashAlgorithm(rawValue: 1)
    package static let sha256 = HashAlgorithm(rawValue: 2)
    package static let sha384 = HashAlgorithm(rawValue: 3)
    package static let sha512 = HashAlgorithm(rawValue: 4)
    /// For signatures that hash by themselves: Ed25519 and Ed448.
    package static let identity = HashAlgorithm(rawValue: 5)

    package var name: String? {
        switch self {
        case .sha1: "SHA1"
        case .sha256: "SHA2_256"
        case .sha384: "SHA2_384"
        case .sha512: "SHA2_512"
        case .identity: "IDENTITY"
        default: nil
        }
    }
}
