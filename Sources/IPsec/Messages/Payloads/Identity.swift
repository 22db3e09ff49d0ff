package import Addressing

/// Who a peer says it is, understood.
package enum Identity: Hashable, Sendable {
    case address(IPAddress)
    /// A host's name, also that of what is no host.
    case fqdn(String)
    case email(String)
    /// A DER Name (RFC 5280 §4.1.2.4).
    case distinguishedName([UInt8])
    /// A DER GeneralName (RFC 5280 §4.2.1.6).
    case generalName([UInt8])
    /// Bytes that mean something to both sides.
    case keyID([UInt8])
    /// Nobody in particular (RFC 7619).
    case null
}

extension Identity {
    /// `nil` for a type that the product does not know, and for data that the type cannot have.
    package init?(_ identification: Identification) {
        let data = identification.data
        switch identification.type {
        case .ipv4Address, .ipv6Address:
            let family: IPFamily = identification.type == .ipv4Address ? .v4 : .v6
            guard let address = IPAddress(bytes: data), address.family == family else { return nil }
            self = .address(address)
        case .fqdn:
            guard let name = PrintableText.decode(data) else { return nil }
            self = .fqdn(name)
        case .emailAddress:
            guard let address = PrintableText.decode(data) else { return nil }
            self = .email(address)
        case .distinguishedName where !data.isEmpty: self = .distinguishedName(Array(data))
        case .generalName where !data.isEmpty: self = .generalName(Array(data))
        case .keyID where !data.isEmpty: self = .keyID(Array(data))
        case .null: self = .null
        default: return nil
        }
    }

    /// As it lies on the wire.
    package var identification: Identification {
        switch self {
        case .address(let address):
            Identification(address.family == .v4 ? .ipv4Address : .ipv6Address, address.bytes)
        case .fqdn(let name): Identification(.fqdn, Array(name.utf8))
        case .email(let address): Identification(.emailAddress, Array(address.utf8))
        case .distinguishedName(let bytes): Identification(.distinguishedName, bytes)
        case .generalName(let bytes): Identification(.generalName, bytes)
        case .keyID(let bytes): Identification(.keyID, bytes)
        case .null: Identification(.null, [])
        }
    }
}
