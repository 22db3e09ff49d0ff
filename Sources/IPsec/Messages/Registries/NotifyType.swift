/// What a notify says (RFC 7296 §3.10.1). Below 16384 it is an error.
package struct NotifyType: Registered {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// An error that the receiver does not know is as good as one that it does: what was asked for has failed
    /// (RFC 7296 §3.10.1).
    package var isError: Bool { rawValue < 16384 }

    package var name: String? { Self.names[rawValue] }

    private init(_ rawValue: UInt16) {
        self.rawValue = rawValue
    }
}

// MARK: - Errors

extension NotifyType {
    package static let unsupportedCriticalPayload = NotifyType(1)
    package static let invalidIKESPI = NotifyType(4)
    package static let invalidMajorVersion = NotifyType(5)
    package static let invalidSyntax = NotifyType(7)
    package static let invalidMessageID = NotifyType(9)
    package static let invalidSPI = NotifyType(11)
    package static let noProposalChosen = NotifyType(14)
    package static let invalidKEPayload = NotifyType(17)
    package static let authenticationFailed = NotifyType(24)
    package static let singlePairRequired = NotifyType(34)
    package static let noAdditionalSAs = NotifyType(35)
    package static let internalAddressFailure = NotifyType(36)
    package static let failedCPRequired = NotifyType(37)
    package static let unacceptableTrafficSelectors = NotifyType(38)
    package static let invalidSelectors = NotifyType(39)
    /// RFC 4555.
    package static let unacceptableAddresses = NotifyType(40)
    package static let unexpectedNATDetected = NotifyType(41)
    package static let temporaryFailure = NotifyType(43)
    package static let childSANotFound = NotifyType(44)
}

// MARK: - Status

extension NotifyType {
    package static let initialContact = NotifyType(16384)
    package static let setWindowSize = NotifyType(16385)
    package static let additionalTrafficSelectorsPossible = NotifyType(16386)
    package static let ipcompSupported = NotifyType(16387)
    package static let natDetectionSourceIP = NotifyType(16388)
    package static let natDetectionDestinationIP = NotifyType(16389)
    package static let cookie = NotifyType(16390)
    package static let useTransportMode = NotifyType(16391)
    package static let httpCertificateLookupSupported = NotifyType(16392)
    package static let rekeySA = NotifyType(16393)
    package static let espTFCPaddingNotSupported = NotifyType(16394)
    package static let nonFirstFragmentsAlso = NotifyType(16395)
    /// RFC 4555 (MOBIKE), to `noNATsAllowed`.
    package static let mobikeSupported = NotifyType(16396)
    package static let additionalIPv4Address = NotifyType(16397)
    package static let additionalIPv6Address = NotifyType(16398)
    package static let noAdditionalAddresses = NotifyType(16399)
    package static let updateSAAddresses = NotifyType(16400)
    package static let cookie2 = NotifyType(16401)
    package static let noNATsAllowed = NotifyType(16402)
    /// RFC 4478: how long the responder lets pass before the initiator must authenticate anew.
    package static let authenticationLifetime = NotifyType(16403)
    package static let multipleAuthenticationSupported = NotifyType(16404)
    /// RFC 5685, to `redirectedFrom`.
    package static let redirectSupported = NotifyType(16406)
    package static let redirect = NotifyType(16407)
    package static let redirectedFrom = NotifyType(16408)
    /// RFC 5998.
    package static let eapOnlyAuthentication = NotifyType(16417)
    /// RFC 6023.
    package static let childlessIKEv2Supported = NotifyType(16418)
    /// RFC 7383.
    package static let fragmentationSupported = NotifyType(16430)
    /// RFC 7427.
    package static let signatureHashAlgorithms = NotifyType(16431)
}

extension NotifyType {
    private static let names: [UInt16: String] = [
        1: "UNSUPPORTED_CRITICAL_PAYLOAD", 4: "INVALID_IKE_SPI", 5: "INVALID_MAJOR_VERSION", 7: "INVALID_SYNTAX",
        9: "INVALID_MESSAGE_ID", 11: "INVALID_SPI", 14: "NO_PROPOSAL_CHOSEN", 17: "INVALID_KE_PAYLOAD",
        24: "AUTHENTICATION_FAILED", 34: "SINGLE_PAIR_REQUIRED", 35: "NO_ADDITIONAL_SAS",
        36: "INTERNAL_ADDRESS_FAILURE", 37: "FAILED_CP_REQUIRED", 38: "TS_UNACCEPTABLE", 39: "INVALID_SELECTORS",
        40: "UNACCEPTABLE_ADDRESSES", 41: "UNEXPECTED_NAT_DETECTED", 43: "TEMPORARY_FAILURE", 44: "CHILD_SA_NOT_FOUND",
        16384: "INITIAL_CONTACT", 16385: "SET_WINDOW_SIZE", 16386: "ADDITIONAL_TS_POSSIBLE", 16387: "IPCOMP_SUPPORTED",
        16388: "NAT_DETECTION_SOURCE_IP", 16389: "NAT_DETECTION_DESTINATION_IP", 16390: "COOKIE",
        16391: "USE_TRANSPORT_MODE", 16392: "HTTP_CERT_LOOKUP_SUPPORTED", 16393: "REKEY_SA",
        16394: "ESP_TFC_PADDING_NOT_SUPPORTED", 16395: "NON_FIRST_FRAGMENTS_ALSO", 16396: "MOBIKE_SUPPORTED",
        16397: "ADDITIONAL_IP4_ADDRESS", 16398: "ADDITIONAL_IP6_ADDRESS", 16399: "NO_ADDITIONAL_ADDRESSES",
        16400: "UPDATE_SA_ADDRESSES", 16401: "COOKIE2", 16402: "NO_NATS_ALLOWED", 16406: "REDIRECT_SUPPORTED",
        16403: "AUTH_LIFETIME", 16404: "MULTIPLE_AUTH_SUPPORTED", 16407: "REDIRECT", 16408: "REDIRECTED_FROM",
        16417: "EAP_ONLY_AUTHENTICATION",
        16418: "CHILDLESS_IKEV2_SUPPORTED", 16430: "IKEV2_FRAGMENTATION_SUPPORTED", 16431: "SIGNATURE_HASH_ALGORITHMS",
    ]
}
