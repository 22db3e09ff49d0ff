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
