extension IKEMessage {
    /// A datagram without the non-ESP marker. Whether the payloads are those that the exchange needs is for `MessageContent` to
    /// say.
    package static func decode(_ datagram: [UInt8]) throws(MessageError) -> IKEMessage {
        var cursor = ByteCursor(datagram)
        let (header, first) = try IKEHeader.decode(&cursor)
        return try IKEMessage(header, PayloadChain.decode(first, &cursor, isInside: false))
    }

    package func encoded() -> [UInt8] {
        let (first, chain) = PayloadChain.encode(payloads)
        var writer = ByteWriter()
        header.encode(first: first, count: IKEHeader.byteCount + chain.count, to: &writer)
        writer.write(chain)
        return writer.bytes
    }
}
