internal import Addressing

/// What a client may call a server by: a DNS name or an address.
package enum ServerName: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    case dns(String)
    /// 4 or 16 bytes.
    case address([UInt8])

    /// `nil` for what is neither an address (IPv6 with or without brackets) nor DNS labels in lower case.
    package init?(_ description: String) {
        let bare =
            description.hasPrefix("[") && description.hasSuffix("]")
            ? description.dropFirst().dropLast() : description[...]
        if let address = IPAddress(bare) {
            self = .address(address.bytes)
        } else if let name = TrustDomain(description) {
            self = .dns(name.description)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .dns(let name): name
        case .address(let bytes): IPAddress(bytes: bytes)?.description ?? ""
        }
    }
}
