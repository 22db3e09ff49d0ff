/// The kinds of payload (RFC 7296 §3.2, RFC 7383 §2.5).
package struct PayloadType: Registered {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// No further payload.
    package static let none = PayloadType(rawValue: 0)
    package static let securityAssociation = PayloadType(rawValue: 33)
    package static let keyExchange = PayloadType(rawValue: 34)
    package static let initiatorIdentification = PayloadType(rawValue: 35)
    package static let responderIdentification = PayloadType(rawValue: 36)
    package static let certificate = PayloadType(rawValue: 37)
    package static let certificateRequest = PayloadType(rawValue: 38)
    package static let authentication = PayloadType(rawValue: 39)
    package static let nonce = PayloadType(rawValue: 40)
    package static let notify = PayloadType(rawValue: 41)
    package static let delete = PayloadType(rawValue: 42)
    package static let vendorID = PayloadType(rawValue: 43)
    package static let initiatorTrafficSelectors = PayloadType(rawValue: 44)
    package static let responderTrafficSelectors = PayloadType(rawValue: 45)
    package static let encrypted = PayloadType(rawValue: 46)
    package static let configuration = PayloadType(rawValue: 47)
    package static let eap = PayloadType(rawValue: 48)
    package static let encryptedFragment = PayloadType(rawValue: 53)

    package var name: String? {
        switch self {
        case .none: "none"
        case .securityAssociation: "SA"
        case .keyExchange: "KE"
        case .initiatorIdentification: "IDi"
        case .responderIdentification: "IDr"
        case .certificate: "CERT"
        case .certificateRequest: "CERTREQ"
        case .authentication: "AUTH"
        case .nonce: "Nonce"
        case .notify: "N"
        case .delete: "D"
        case .vendorID: "V"
        case .initiatorTrafficSelectors: "TSi"
        case .responderTrafficSelectors: "TSr"
        case .encrypted: "SK"
        case .configuration: "CP"
        case .eap: "EAP"
        case .encryptedFragment: "SKF"
        default: nil
        }
    }
}
