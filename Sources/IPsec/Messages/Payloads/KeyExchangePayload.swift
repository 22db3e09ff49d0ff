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

extension KeyExchangePayload {
    /// group 2 │ reserved 2 │ public value
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        let group = try cursor.uint16()
        try cursor.skip(2)
        self.init(group: group, publicValue: cursor.rest())
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(group)
        writer.write(UInt16(0))
        writer.write(publicValue)
    }
}

extension KeyExchangePayload {
    /// A public value has the length of its group's, where the product has the group (RFC 7296 §3.4).
    package func validate() throws(MessageError) {
        let isGood = DHGroup(rawValue: group).map { publicValue.count == $0.publicValueCount } ?? !publicValue.isEmpty
        guard isGood else { throw MessageError(.malformed(.payload(.keyExchange))) }
    }
}
