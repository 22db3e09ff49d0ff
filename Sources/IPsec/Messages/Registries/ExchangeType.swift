/// What a message is about (RFC 7296 §3.1).
package struct ExchangeType: Registered {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let ikeSAInit = ExchangeType(rawValue: 34)
    package static let ikeAuth = ExchangeType(rawValue: 35)
    package static let createChildSA = ExchangeType(rawValue: 36)
    package static let informational = ExchangeType(rawValue: 37)

    package var name: String? {
        switch self {
        case .ikeSAInit: "IKE_SA_INIT"
        case .ikeAuth: "IKE_AUTH"
        case .createChildSA: "CREATE_CHILD_SA"
        case .informational: "INFORMATIONAL"
        default: nil
        }
    }
}
