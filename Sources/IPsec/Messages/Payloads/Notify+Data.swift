package import Addressing

// What notifies carry. A getter returns `nil` where the data is not of the form that its type has, which `validate` refuses.

extension Notify {
    /// Whether the data has the form that its type has. Types that the product does not know may have any.
    package func validate() throws(MessageError) {
        let isGood =
            switch type {
            case .unsupportedCriticalPayload: data.count == 1
            case .invalidKEPayload: acceptableGroup != nil
            case .setWindowSize, .authenticationLifetime: data.count == 4
            case .cookie: (1...64).contains(data.count)
            case .cookie2: (8...64).contains(data.count)
            case .natDetectionSourceIP, .natDetectionDestinationIP: data.count == 20
            case .rekeySA, .childSANotFound: rekeyedSPI != nil
            case .additionalIPv4Address: data.count == 4
            case .additionalIPv6Address: data.count == 16
            case .signatureHashAlgorithms: signatureHashAlgorithms != nil
            case .redirect: redirection != nil
            case .redirectedFrom: redirectingGateway != nil
            default: true
            }
        guard isGood else { throw MessageError(.malformed(.notify(type))) }
    }
}

// MARK: - Negotiation

extension Notify {
    /// INVALID_KE_PAYLOAD: the group that the sender wants instead (RFC 7296 §1.3).
    package static func invalidKEPayload(wanting group: DHGroup) -> Notify {
        var writer = ByteWriter()
        writer.write(group.rawValue)
        return Notify(.invalidKEPayload, data: writer.bytes)
    }

    /// IANA's number of the group that INVALID_KE_PAYLOAD asks for.
    package var acceptableGroup: UInt16? {
        type == .invalidKEPayload && data.count == 2 ? UInt16(data[0]) << 8 | UInt16(data[1]) : nil
    }

    /// COOKIE, 1 to 64 bytes (RFC 7296 §2.6).
    package static func cookie(_ bytes: [UInt8]) -> Notify { Notify(.cookie, data: bytes) }

    /// SIGNATURE_HASH_ALGORITHMS (RFC 7427 §4).
    package static func signatureHashAlgorithms(_ algorithms: [HashAlgorithm]) -> Notify {
        var writer = ByteWriter()
        for algorithm in algorithms { writer.write(algorithm.rawValue) }
        return Notify(.signatureHashAlgorithms, data: writer.bytes)
    }

    package var signatureHashAlgorithms: [HashAlgorithm]? {
        guard type == .signatureHashAlgorithms, !data.isEmpty, data.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: data.count, by: 2).map {
            HashAlgorithm(rawValue: UInt16(data[$0]) << 8 | UInt16(data[$0 + 1]))
        }
    }
}

// MARK: - CHILD SAs

extension Notify {
    /// REKEY_SA: by the SPI that the sender receives with (RFC 7296 §1.3.3).
    package static func rekey(esp spi: UInt32) -> Notify { about(.rekeySA, esp: spi) }

    /// CHILD_SA_NOT_FOUND, of the SPI that REKEY_SA had (RFC 7296 §2.25).
    package static func childSANotFound(esp spi: UInt32) -> Notify { about(.childSANotFound, esp: spi) }

    private static func about(_ type: NotifyType, esp spi: UInt32) -> Notify {
        var writer = ByteWriter()
        writer.write(spi)
        return Notify(type, proto: .esp, spi: writer.bytes)
    }

    /// The SPI of REKEY_SA or CHILD_SA_NOT_FOUND.
    package var rekeyedSPI: UInt32? {
        guard type == .rekeySA || type == .childSANotFound, proto == .esp || proto == .ah, spi.count == 4 else {
            return nil
        }
        return spi.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

// MARK: - Addresses

extension Notify {
    /// The bytes whose SHA-1 is in NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP (RFC 7296 §2.23).
    package static func natDetectionInput(_ header: IKEHeader, _ endpoint: Endpoint) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(header.initiatorSPI)
        writer.write(header.responderSPI)
        writer.write(endpoint.address.bytes)
        writer.write(endpoint.port)
        return writer.bytes
    }

    /// ADDITIONAL_IP4_ADDRESS or ADDITIONAL_IP6_ADDRESS (RFC 4555 §4.2.2).
    package static func additionalAddress(_ address: IPAddress) -> Notify {
        Notify(address.family == .v4 ? .additionalIPv4Address : .additionalIPv6Address, data: address.bytes)
    }

    package var additionalAddress: IPAddress? {
        switch type {
        case .additionalIPv4Address: data.count == 4 ? IPAddress(bytes: data) : nil
        case .additionalIPv6Address: data.count == 16 ? IPAddress(bytes: data) : nil
        default: nil
        }
    }
}

// MARK: - Redirection

extension Notify {
    /// Where RFC 5685 sends a peer to.
    package enum Gateway: Hashable, Sendable {
        case address(IPAddress)
        case name(String)
    }

    /// REDIRECT: another gateway, and the nonce of the IKE_SA_INIT that it answers (none in later exchanges).
    package var redirection: (gateway: Gateway, nonce: [UInt8])? {
        guard type == .redirect else { return nil }
        return gatewayAndRest
    }

    /// REDIRECTED_FROM: the gateway that the sender was sent here by.
    package var redirectingGateway: Gateway? {
        guard type == .redirectedFrom, let (gateway, rest) = gatewayAndRest, rest.isEmpty else { return nil }
        return gateway
    }

    /// identity type 1 │ length 1 │ identity │ rest (RFC 5685 §9)
    private var gatewayAndRest: (gateway: Gateway, nonce: [UInt8])? {
        var cursor = ByteCursor(data)
        guard let type = try? cursor.uint8(), let count = try? cursor.uint8(),
            let identity = try? cursor.take(Int(count))
        else { return nil }
        let gateway: Gateway? =
            switch type {
            case 1: identity.count == 4 ? IPAddress(bytes: identity).map { .address($0) } : nil
            case 2: identity.count == 16 ? IPAddress(bytes: identity).map { .address($0) } : nil
            case 3: PrintableText.decode(identity).map { .name($0) }
            default: nil
            }
        return gateway.map { ($0, cursor.rest()) }
    }
}
