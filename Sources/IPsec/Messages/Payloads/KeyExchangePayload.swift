/// A Diffie-Hellman public value (RFC 7296 §3.4).
package struct KeyExchangePayload: Hashable, Sendable {
    /// IANA's number; it may be of a group that the product does not have.
    package var group: UInt16
    package var publicValue: [UInt8]

    package init(group: UInt16, publicValue: [UInt8]) {
        self.group = group
        self.publicValue = publicValue
    }

    package init(_ group: DHGroup, _ publicValue: [UInt8]) {
        self.init(group: group.rawValue, publicValue: publicValue)
    }
}
