/// What payloads a message has, sorted: the check that comes after decoding. Each kind that there may be one of is there once at
/// most, and has a form that RFC 7296 allows.
package struct MessageContent: Sendable {
    package private(set) var proposals: [Proposal]?
    package private(set) var keyExchange: KeyExchangePayload?
    package private(set) var initiatorIdentification: Identification?
    package private(set) var responderIdentification: Identification?
    /// The peer's own first.
    package private(set) var certificates: [CertificatePayload] = []
    package private(set) var certificateRequests: [CertificateRequest] = []
    package private(set) var authentication: AuthenticationPayload?
    package private(set) var nonce: [UInt8]?
    package private(set) var notifies: [Notify] = []
    package private(set) var deletes: [Delete] = []
    package private(set) var initiatorTrafficSelectors: TrafficSelectorList?
    package private(set) var responderTrafficSelectors: TrafficSelectorList?
    package private(set) var configuration: Configuration?
    package private(set) var eap: EAPMessage?

    /// RFC 7296 §3.9.
    private static let nonceCounts = 16...256

    package init(_ payloads: [Payload]) throws(MessageError) {
        for payload in payloads { try add(payload) }
    }

    /// Refuses a message that lacks one of these.
    package func require(_ types: PayloadType...) throws(MessageError) {
        for type in types where !has(type) { throw MessageError(.missing(type)) }
    }

    package func notify(_ type: NotifyType) -> Notify? { notifies.first { $0.type == type } }

    /// The first that says that something failed.
    package var error: Notify? { notifies.first { $0.type.isError } }

    private mutating func add(_ payload: Payload) throws(MessageError) {
        switch payload {
        case .securityAssociation(let value): try Self.set(&proposals, value, payload.type)
        case .keyExchange(let value):
            try value.validate()
            try Self.set(&keyExchange, value, payload.type)
        case .initiatorIdentification(let value): try Self.set(&initiatorIdentification, value, payload.type)
        case .responderIdentification(let value): try Self.set(&responderIdentification, value, payload.type)
        case .certificate(let value): certificates.append(value)
        case .certificateRequest(let value): certificateRequests.append(value)
        case .authentication(let value): try Self.set(&authentication, value, payload.type)
        case .nonce(let value):
            guard Self.nonceCounts.contains(value.count) else { throw MessageError(.malformed(.payload(.nonce))) }
            try Self.set(&nonce, value, payload.type)
        case .notify(let value):
            try value.validate()
            notifies.append(value)
        case .delete(let value): deletes.append(value)
        case .initiatorTrafficSelectors(let value): try Self.set(&initiatorTrafficSelectors, value, payload.type)
        case .responderTrafficSelectors(let value): try Self.set(&responderTrafficSelectors, value, payload.type)
        case .configuration(let value): try Self.set(&configuration, value, payload.type)
        case .eap(let value): try Self.set(&eap, value, payload.type)
        case .vendorID, .encrypted, .encryptedFragment, .unknown: break
        }
    }

    private static func set<Value>(_ field: inout Value?, _ value: Value, _ type: PayloadType) throws(MessageError) {
        guard field == nil else { throw MessageError(.repeated(type)) }
        field = value
    }

    private func has(_ type: PayloadType) -> Bool {
        switch type {
        case .securityAssociation: proposals != nil
        case .keyExchange: keyExchange != nil
        case .initiatorIdentification: initiatorIdentification != nil
        case .responderIdentification: responderIdentification != nil
        case .certificate: !certificates.isEmpty
        case .certificateRequest: !certificateRequests.isEmpty
        case .authentication: authentication != nil
        case .nonce: nonce != nil
        case .notify: !notifies.isEmpty
        case .delete: !deletes.isEmpty
        case .initiatorTrafficSelectors: initiatorTrafficSelectors != nil
        case .responderTrafficSelectors: responderTrafficSelectors != nil
        case .configuration: configuration != nil
        case .eap: eap != nil
        default: false
        }
    }
}
