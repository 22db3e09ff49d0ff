/// What a proposal, a notify or a delete speaks of (RFC 7296 §3.3.1).
package struct SecurityProtocol: Registered {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// In a notify: it concerns no security association.
    package static let none = SecurityProtocol(rawValue: 0)
    package static let ike = SecurityProtocol(rawValue: 1)
    package static let ah = SecurityProtocol(rawValue: 2)
    package static let esp = SecurityProtocol(rawValue: 3)

    package var name: String? {
        switch self {
        case .none: "none"
        case .ike: "IKE"
        case .ah: "AH"
        case .esp: "ESP"
        default: nil
        }
    }
}
