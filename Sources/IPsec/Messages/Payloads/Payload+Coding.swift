extension Payload {
    /// `body` is left after what the payload takes of it; `start` is where its generic header began.
    static func decode(
        _ type: PayloadType, next: PayloadType, isCritical: Bool, _ body: inout ByteCursor, start: Int
    ) throws(MessageError) -> Payload {
        switch type {
        case .securityAssociation: return try .securityAssociation(Proposal.decodeAll(&body))
        case .keyExchange: return try .keyExchange(KeyExchangePayload(&body))
        case .initiatorIdentification: return try .initiatorIdentification(Identification(&body))
        case .responderIdentification: return try .responderIdentification(Identification(&body))
        case .certificate: return try .certificate(CertificatePayload(&body))
        case .certificateRequest: return try .certificateRequest(CertificateRequest(&body))
        case .authentication: return try .authentication(AuthenticationPayload(&body))
        case .nonce: return .nonce(body.rest())
        case .notify: return try .notify(Notify(&body))
        case .delete: return try .delete(Delete.decode(&body))
        case .vendorID: return .vendorID(body.rest())
        case .initiatorTrafficSelectors: return try .initiatorTrafficSelectors(TrafficSelectorList(&body))
        case .responderTrafficSelectors: return try .responderTrafficSelectors(TrafficSelectorList(&body))
        case .configuration: return try .configuration(Configuration(&body))
        case .eap: return try .eap(EAPMessage(&body))
        case .encrypted: return .encrypted(EncryptedPayload(firstType: next, body: body.rest()))
        case .encryptedFragment: return try .encryptedFragment(EncryptedFragment(firstType: next, &body))
        default:
            guard !isCritical else { throw MessageError(.unsupportedCriticalPayload(type), at: start) }
            return .unknown(type, body.rest())
        }
    }

    func encodeBody(to writer: inout ByteWriter) {
        switch self {
        case .securityAssociation(let proposals): Proposal.encodeAll(proposals, to: &writer)
        case .keyExchange(let payload): payload.encode(to: &writer)
        case .initiatorIdentification(let identification), .responderIdentification(let identification):
            writer.write(identification.body)
        case .certificate(let certificate): certificate.encode(to: &writer)
        case .certificateRequest(let request): request.encode(to: &writer)
        case .authentication(let authentication): authentication.encode(to: &writer)
        case .nonce(let bytes), .vendorID(let bytes), .unknown(_, let bytes): writer.write(bytes)
        case .notify(let notify): notify.encode(to: &writer)
        case .delete(let delete): delete.encode(to: &writer)
        case .initiatorTrafficSelectors(let list), .responderTrafficSelectors(let list): list.encode(to: &writer)
        case .configuration(let configuration): configuration.encode(to: &writer)
        case .eap(let message): writer.write(message.encoded())
        case .encrypted(let payload): writer.write(payload.body)
        case .encryptedFragment(let fragment): fragment.encode(to: &writer)
        }
    }

    /// What stands in the place of the next payload's type, where that is no payload of this chain.
    var firstTypeInside: PayloadType? {
        switch self {
        case .encrypted(let payload): payload.firstType
        case .encryptedFragment(let fragment): fragment.firstType
        default: nil
        }
    }
}
