/// One payload of a message (RFC 7296 §3.2).
package enum Payload: Hashable, Sendable {
    case securityAssociation([Proposal])
    case keyExchange(KeyExchangePayload)
    case initiatorIdentification(Identification)
    case responderIdentification(Identification)
    case certificate(CertificatePayload)
    case certificateRequest(CertificateRequest)
    case authentication(AuthenticationPayload)
    case nonce([UInt8])
    case notify(Notify)
    case delete(Delete)
    case vendorID([UInt8])
    case initiatorTrafficSelectors(TrafficSelectorList)
    case responderTrafficSelectors(TrafficSelectorList)
    case configuration(Configuration)
    case eap(EAPMessage)
    /// Always the last of its message.
    case encrypted(EncryptedPayload)
    case encryptedFragment(EncryptedFragment)
    /// Of a kind that the product does not know, and not critical: to be passed over (RFC 7296 §2.5).
    case unknown(PayloadType, [UInt8])

    package var type: PayloadType {
        switch self {
        case .securityAssociation: .securityAssociation
        case .keyExchange: .keyExchange
        case .initiatorIdentification: .initiatorIdentification
        case .responderIdentification: .responderIdentification
        case .certificate: .certificate
        case .certificateRequest: .certificateRequest
        case .authentication: .authentication
        case .nonce: .nonce
        case .notify: .notify
        case .delete: .delete
        case .vendorID: .vendorID
        case .initiatorTrafficSelectors: .initiatorTrafficSelectors
        case .responderTrafficSelectors: .responderTrafficSelectors
        case .configuration: .configuration
        case .eap: .eap
        case .encrypted: .encrypted
        case .encryptedFragment: .encryptedFragment
        case .unknown(let type, _): type
        }
    }
}
