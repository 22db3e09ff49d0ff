/// What comes before the body of an encrypted payload: the message's header, the payload's own, and for a fragment its numbers.
/// An AEAD authenticates it as associated data (RFC 5282 §5.1); an integrity algorithm covers it with all that follows
/// (RFC 7296 §3.14).
///
/// In a received message it is all but the body: an encrypted payload is the last.
package enum Envelope {
    /// A message that consists of one SK payload, whose body is to have so many bytes.
    package static func prefix(_ header: IKEHeader, firstType: PayloadType, bodyCount: Int) -> [UInt8] {
        prefix(header, .encrypted(EncryptedPayload(firstType: firstType, body: [])), bodyCount: bodyCount)
    }

    /// A message that consists of one SKF payload, whose body is to have so many bytes. Only the first fragment has the first
    /// type (RFC 7383 §2.5).
    package static func prefix(
        _ header: IKEHeader, firstType: PayloadType, fragment number: UInt16, of total: UInt16, bodyCount: Int
    ) -> [UInt8] {
        let fragment = EncryptedFragment(
            firstType: number == 1 ? firstType : .none, number: number, total: total, body: [])
        return prefix(header, .encryptedFragment(fragment), bodyCount: bodyCount)
    }

    private static func prefix(_ header: IKEHeader, _ payload: Payload, bodyCount: Int) -> [UInt8] {
        let (first, chain) = PayloadChain.encode([payload])
        let payloadCount = chain.count + bodyCount
        var writer = ByteWriter()
        header.encode(first: first, count: IKEHeader.byteCount + payloadCount, to: &writer)
        // The chain's length field is of the empty payload: the body counts too.
        writer.write(chain.prefix(2))
        writer.write(UInt16(payloadCount))
        writer.write(chain.dropFirst(4))
        return writer.bytes
    }
}
