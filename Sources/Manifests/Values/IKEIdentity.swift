internal import Addressing

/// What a device calls itself in IKE (RFC 7296 §3.5), as text: its form says which kind it is.
package struct IKEIdentity: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case address, domain, email, distinguishedName, uri
    }

    package let text: String
    package let kind: Kind
    private static let longest = 255
}

extension IKEIdentity: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
        if IPAddress(text) != nil {
            kind = .address
        } else if text.contains("://") {
            kind = .uri
        } else if text.contains("=") {
            kind = .distinguishedName
        } else if text.contains("@") {
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, DomainName.isDomain(parts[1]) else { return nil }
            kind = .email
        } else {
            guard DomainName.isHostName(text) else { return nil }
            kind = .domain
        }
    }

    package var description: String { text }
}
