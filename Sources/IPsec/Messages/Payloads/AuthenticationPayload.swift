/// The proof of who the sender is (RFC 7296 §3.8).
package struct AuthenticationPayload: Hashable, Sendable {
    package var method: AuthenticationMethod
    /// With `digitalSignature`, `DigitalSignature` encoded.
    package var data: [UInt8]

    package init(_ method: AuthenticationMethod, _ data: [UInt8]) {
        self.method = method
        self.data = data
    }
}

extension AuthenticationPayload {
    /// method 1 │ reserved 3 │ data
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        let method = try AuthenticationMethod(rawValue: cursor.uint8())
        try cursor.skip(3)
        self.init(method, cursor.rest())
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(method.rawValue)
        writer.write([0, 0, 0])
        writer.write(data)
    }
}

/// What an AUTH payload of method 14 holds (RFC 7427 §3): length of the AlgorithmIdentifier 1 │ AlgorithmIdentifier │ signature.
package struct DigitalSignature: Hashable, Sendable {
    /// DER, at most 255 bytes.
    package let algorithm: [UInt8]
    package let signature: [UInt8]

    package init(algorithm: [UInt8], signature: [UInt8]) {
        self.algorithm = algorithm
        self.signature = signature
    }

    package static func decode(_ data: [UInt8]) throws(MessageError) -> DigitalSignature {
        var cursor = ByteCursor(data)
        let algorithm = try cursor.take(Int(cursor.uint8()))
        return DigitalSignature(algorithm: algorithm, signature: cursor.rest())
    }

    package func encoded() -> [UInt8] {
        [UInt8(algorithm.count)] + algorithm + signature
    }
}
