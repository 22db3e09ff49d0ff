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

extension EAPMessage {
    private static let headerCount = 4

    /// code 1 │ identifier 1 │ length 2 │ method 1, data
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        let start = cursor.position
        let whole = cursor.remaining
        let code = try Code(rawValue: cursor.uint8())
        let identifier = try cursor.uint8()
        let count = try Int(cursor.uint16())
        guard let code, count == whole else { throw MessageError(.malformed(.payload(.eap)), at: start) }
        let hasMethod = code == .request || code == .response
        self.init(code, identifier: identifier, method: hasMethod ? try cursor.uint8() : nil)
        if hasMethod { data = cursor.rest() }
    }

    /// The message by itself, which is also the body of its payload.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(code.rawValue)
        writer.write(identifier)
        writer.write(UInt16(Self.headerCount + (method == nil ? 0 : 1) + data.count))
        if let method { writer.write(method) }
        writer.write(data)
        return writer.bytes
    }
}
