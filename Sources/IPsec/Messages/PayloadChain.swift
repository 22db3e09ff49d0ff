/// Payloads one after the other, each of which says of which type the next one is (RFC 7296 §3.2).
///
///     next payload 1 │ critical bit and reserved 1 │ length 2 │ body
package enum PayloadChain {
    private static let headerCount = 4
    private static let criticalBit: UInt8 = 0x80

    /// The plaintext of an encrypted payload, without its padding.
    package static func decode(_ first: PayloadType, _ plaintext: [UInt8]) throws(MessageError) -> [Payload] {
        var cursor = ByteCursor(plaintext)
        return try decode(first, &cursor, isInside: true)
    }

    static func decode(
        _ first: PayloadType, _ cursor: inout ByteCursor, isInside: Bool
    ) throws(MessageError) -> [Payload] {
        var payloads: [Payload] = []
        var certificates = 0
        var type = first
        while type != .none {
            let start = cursor.position
            guard payloads.count < MessageLimits.payloads else { throw MessageError(.tooMany(.payloads), at: start) }
            if type == .certificate {
                certificates += 1
                guard certificates <= MessageLimits.certificates else {
                    throw MessageError(.tooMany(.certificates), at: start)
                }
            }
            let next = try PayloadType(rawValue: cursor.uint8())
            let isCritical = try cursor.uint8() & criticalBit != 0
            let count = try Int(cursor.uint16()) - headerCount
            guard count >= 0 else { throw MessageError(.malformed(.payloadHeader), at: start) }
            var body = try cursor.part(count)
            let isEncrypted = type == .encrypted || type == .encryptedFragment
            guard !(isInside && isEncrypted) else { throw MessageError(.malformed(.payload(type)), at: start) }
            let payload = try Payload.decode(type, next: next, isCritical: isCritical, &body, start: start)
            try body.finish()
            payloads.append(payload)
            // What an encrypted payload calls the next is the first inside: it is the last out here.
            type = isEncrypted ? .none : next
        }
        try cursor.finish()
        return payloads
    }

    /// The type of the first, and the bytes of all.
    package static func encode(_ payloads: [Payload]) -> (first: PayloadType, bytes: [UInt8]) {
        var writer = ByteWriter()
        for (index, payload) in payloads.enumerated() {
            let start = writer.bytes.count
            let following = index + 1 < payloads.count ? payloads[index + 1].type : .none
            writer.write((payload.firstTypeInside ?? following).rawValue)
            writer.write(UInt8(0))
            writer.write(UInt16(0))
            payload.encodeBody(to: &writer)
            writer.patchLength(at: start + 2, from: start)
        }
        return (payloads.first?.type ?? .none, writer.bytes)
    }
}
