package import Addressing

// What notifies carry. A getter returns `nil` where the data is not of the form that its type has, which `validate` refuses.

extension Notify {
    /// Whether the data has the form that its type has. Types that the product does not know may have any.
    package func validate() throws(MessageError) {
        let isGood =
            switch type {
            case .unsupportedCriticalPayload: data.count == 1
            case .invalidKEPayload: data.count == 2
            case .setWindowSize, .authenticationLifetime: data.count == 4
            case .cookie: (1...64).contains(data.count)
            case .cookie2: (8...64).contains(data.count)
            case .natDetectionSourceIP, .natDetectionDestinationIP: data.count == 20
            case .rekeySA, .childSANotFound: rekeyedSPI != nil
            case .additionalIPv4Address: data.count == 4
            case .additionalIPv6Address: data.count == 16
            case .signatureHashAlgorithms: signatureHashAlgorithms != nil
            case .redirect: gateway != nil
            case .redirectedFrom: gateway?.rest.isEmpty == true
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

    /// The group that INVALID_KE_PAYLOAD asks for; `nil` also for one that the product does not have.
    package var acceptableGroup: DHGroup? {
        guard type == .invalidKEPayload, data.count == 2 else { return nil }
        return DHGroup(rawValue: UInt16(data[0]) << 8 | UInt16(data[1]))
    }

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
    package static func rekey(esp spi: UInt32) -> Notify {
        var writer = ByteWriter()
        writer.write(spi)
        return Notify(.rekeySA, proto: .esp, spi: writer.bytes)
    }

    /// The SPI of REKEY_SA or CHILD_SA_NOT_FOUND.
    package var rekeyedSPI: UInt32? {
        guard type == .rekeySA || type == .childSANotFound, proto == .esp || proto == .ah, spi.count == 4 else {
            return nil
        }
        return spi.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

// MARK: - Redirection

extension Notify {
    /// Where RFC 5685 sends a peer to.
    package enum Gateway: Hashable, Sendable {
        case address(IPAddress)
        case name(String)
    }

    /// Of REDIRECT and REDIRECTED_FROM: identity type 1 │ length 1 │ identity │ rest (RFC 5685 §9). The rest is the nonce of
    /// the IKE_SA_INIT that a REDIRECT answers.
    package var gateway: (identity: Gateway, rest: [UInt8])? {
        guard type == .redirect || type == .redirectedFrom else { return nil }
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
