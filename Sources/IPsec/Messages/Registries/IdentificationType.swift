/// The forms of an identity (RFC 7296 §3.5).
package struct IdentificationType: Registered {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let ipv4Address = IdentificationType(rawValue: 1)
    package static let fqdn = IdentificationType(rawValue: 2)
    package static let emailAddress = IdentificationType(rawValue: 3)
    package static let ipv6Address = IdentificationType(rawValue: 5)
    package static let distinguishedName = IdentificationType(rawValue: 9)
    package static let generalName = IdentificationType(rawValue: 10)
    package static let keyID = IdentificationType(rawValue: 11)
    /// RFC 7619.
    package static let null = IdentificationType(rawValue: 13)

    package var name: String? {
        switch self {
        case .ipv4Address: "ID_IPV4_ADDR"
        case .fqdn: "ID_FQDN"
        case .emailAddress: "ID_RFC822_ADDR"
        case .ipv6Address: "ID_IPV6_ADDR"
        case .distinguishedName: "ID_DER_ASN1_DN"
        case .generalName: "ID_DER_ASN1_GN"
        case .keyID: "ID_KEY_ID"
        case .null: "ID_NULL"
        default: nil
        }
    }
}
