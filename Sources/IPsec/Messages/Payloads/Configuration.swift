/// Asks for, or gives, what a host inside needs to know (RFC 7296 §3.15).
package struct Configuration: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        case request = 1
        case reply = 2
        case set = 3
        case acknowledge = 4
    }

    package struct Attribute: Hashable, Sendable {
        package var type: ConfigurationAttributeType
        package var value: [UInt8]

        package init(_ type: ConfigurationAttributeType, _ value: [UInt8] = []) {
            self.type = type
            self.value = value
        }
    }

    package var kind: Kind
    package var attributes: [Attribute]

    package init(_ kind: Kind, _ attributes: [Attribute]) {
        self.kind = kind
        self.attributes = attributes
    }
}

extension Configuration {
    /// kind 1 │ reserved 3 │ attributes, each of them type 2 (its first bit reserved) │ length 2 │ value
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        let start = cursor.position
        guard let kind = try Kind(rawValue: cursor.uint8()) else {
            throw MessageError(.malformed(.payload(.configuration)), at: start)
        }
        try cursor.skip(3)
        self.init(kind, [])
        while !cursor.isAtEnd {
            guard attributes.count < MessageLimits.configurationAttributes else {
                throw MessageError(.tooMany(.configurationAttributes), at: cursor.position)
            }
            let type = try ConfigurationAttributeType(rawValue: cursor.uint16() & 0x7FFF)
            try attributes.append(Attribute(type, cursor.take(Int(cursor.uint16()))))
        }
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(kind.rawValue)
        writer.write([0, 0, 0])
        for attribute in attributes {
            writer.write(attribute.type.rawValue)
            writer.write(UInt16(attribute.value.count))
            writer.write(attribute.value)
        }
    }
}
