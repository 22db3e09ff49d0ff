/// Who a peer says it is, as it lies on the wire (RFC 7296 §3.5): type 1 │ reserved 3 │ data.
package struct Identification: Hashable, Sendable {
    /// The payload without its generic header: RestOfIDPayload, which AUTH covers as it was sent (RFC 7296 §2.15).
    package let body: [UInt8]

    package var type: IdentificationType { IdentificationType(rawValue: body.first ?? 0) }
    package var data: ArraySlice<UInt8> { body.dropFirst(4) }

    package init(_ type: IdentificationType, _ data: [UInt8]) {
        body = [type.rawValue, 0, 0, 0] + data
    }
}

extension Identification {
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        let start = cursor.position
        body = cursor.rest()
        guard body.count >= 4 else { throw MessageError(.truncated, at: start) }
    }
}
