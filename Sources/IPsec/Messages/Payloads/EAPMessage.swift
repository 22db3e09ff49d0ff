/// A message of the Extensible Authentication Protocol (RFC 3748 §4), carried as it is (RFC 7296 §3.16).
package struct EAPMessage: Hashable, Sendable {
    package enum Code: UInt8, Hashable, Sendable {
        case request = 1
        case response = 2
        case success = 3
        case failure = 4
    }

    package var code: Code
    package var identifier: UInt8
    /// The method; `nil` in success and failure, which have none.
    package var method: UInt8?
    package var data: [UInt8]

    package init(_ code: Code, identifier: UInt8, method: UInt8? = nil, data: [UInt8] = []) {
        self.code = code
        self.identifier = identifier
        self.method = method
        self.data = data
    }
}
