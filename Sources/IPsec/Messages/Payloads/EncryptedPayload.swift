/// SK, as it lies on the wire (RFC 7296 §3.14): the payloads inside it are still encrypted.
package struct EncryptedPayload: Hashable, Sendable {
    /// The type of the first payload inside.
    package var firstType: PayloadType
    /// Initialisation vector, ciphertext, integrity check value.
    package var body: [UInt8]

    package init(firstType: PayloadType, body: [UInt8]) {
        self.firstType = firstType
        self.body = body
    }
}

/// SKF: one of the pieces that a large SK was cut into (RFC 7383 §2.5).
package struct EncryptedFragment: Hashable, Sendable {
    /// The type of the first payload of the whole; only the first fragment has it.
    package var firstType: PayloadType
    /// From 1 to `total`.
    package var number: UInt16
    package var total: UInt16
    /// Initialisation vector, ciphertext, integrity check value.
    package var body: [UInt8]

    package init(firstType: PayloadType, number: UInt16, total: UInt16, body: [UInt8]) {
        self.firstType = firstType
        self.number = number
        self.total = total
        self.body = body
    }
}

extension EncryptedFragment {
    /// fragment number 2 │ total fragments 2 │ body
    init(firstType: PayloadType, _ cursor: inout ByteCursor) throws(MessageError) {
        let start = cursor.position
        let number = try cursor.uint16()
        let total = try cursor.uint16()
        guard number >= 1, number <= total else {
            throw MessageError(.malformed(.payload(.encryptedFragment)), at: start)
        }
        self.init(firstType: firstType, number: number, total: total, body: cursor.rest())
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(number)
        writer.write(total)
        writer.write(body)
    }
}
