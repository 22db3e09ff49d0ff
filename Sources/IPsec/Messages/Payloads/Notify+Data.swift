internal import Addressing

// What notifies carry. A getter returns `nil` where the data is not of the form that its type has, which `validate` refuses.

extension Notify {
    /// Whether the data has the form that its type has. Types that the product does not know may have any, and so may those
    /// of which it needs nothing more: peers differ in what they send with an error.
    package func validate() throws(MessageError) {
        let isGood =
            switch type {
            case .invalidKEPayload: data.count == 2
            case .setWindowSize, .authenticationLifetime: data.count == 4
            case .cookie: (1...64).contains(data.count)
            case .cookie2: (8...64).contains(data.count)
            case .natDetectionSourceIP, .natDetectionDestinationIP: data.count == 20
            case .rekeySA: rekeyedSPI != nil
            case .additionalIPv4Address: data.count == 4
            case .additionalIPv6Address: data.count == 16
            case .signatureHashAlgorithms: signatureHashAlgorithms != nil
            case .redirect, .redirectedFrom: namesGateway
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

    package var rekeyedSPI: UInt32? {
        guard type == .rekeySA, proto == .esp || proto == .ah, spi.count == 4 else { return nil }
        return spi.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

// MARK: - Redirection

extension Notify {
    /// Whether the data is that of REDIRECT and REDIRECTED_FROM: identity type 1 │ length 1 │ identity │ nonce (RFC 5685 §9).
    /// REDIRECTED_FROM has no nonce.
    private var namesGateway: Bool {
        var cursor = ByteCursor(data)
        guard let identityType = try? cursor.uint8(), let count = try? cursor.uint8(),
            let identity = try? cursor.take(Int(count)), type == .redirect || cursor.isAtEnd
        else { return false }
        return switch identityType {
        case 1: identity.count == IPFamily.v4.byteCount
        case 2: identity.count == IPFamily.v6.byteCount
        case 3: PrintableText.decode(identity) != nil
        default: false
        }
    }
}
