/// What a transform chooses (RFC 7296 §3.3.2).
package struct TransformType: Registered {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let encryption = TransformType(rawValue: 1)
    package static let prf = TransformType(rawValue: 2)
    package static let integrity = TransformType(rawValue: 3)
    package static let keyExchange = TransformType(rawValue: 4)
    package static let extendedSequenceNumbers = TransformType(rawValue: 5)

    package var name: String? {
        switch self {
        case .encryption: "ENCR"
        case .prf: "PRF"
        case .integrity: "INTEG"
        case .keyExchange: "DH"
        case .extendedSequenceNumbers: "ESN"
        default: nil
        }
    }
}
