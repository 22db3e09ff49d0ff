import IPsec
import TestRandom
import Testing

@Suite("Messages on the wire")
struct MessageCodingTests {
    @Test("what is encoded decodes to the same", arguments: SampleMessages.all)
    func roundTrip(_ message: IKEMessage) throws {
        #expect(try IKEMessage.decode(message.encoded()) == message)
        #expect(try IKEHeader.decode(message.encoded()) == message.header)
    }

    @Test("what is inside an encrypted payload decodes to the same", arguments: SampleMessages.inside)
    func roundTripInside(_ payloads: [Payload]) throws {
        let (first, bytes) = PayloadChain.encode(payloads)
        #expect(first == payloads.first?.type)
        #expect(try PayloadChain.decode(first, bytes) == payloads)
    }

    @Test("each notify of the samples has its form", arguments: SampleMessages.notifies)
    func notifiesAreValid(_ notify: Notify) throws {
        try notify.validate()
    }

    @Test("every prefix of a message is refused", arguments: SampleMessages.all)
    func everyPrefixIsRefused(_ message: IKEMessage) {
        let bytes = message.encoded()
        for count in 0..<bytes.count {
            #expect(throws: MessageError.self) { try IKEMessage.decode(Array(bytes.prefix(count))) }
            // The same with a header that says so: the payloads themselves are cut.
            guard count >= IKEHeader.byteCount else { continue }
            var cut = Array(bytes.prefix(count))
            cut[24..<28] = [0, 0, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)]
            #expect(throws: MessageError.self) { try IKEMessage.decode(cut) }
        }
    }

    @Test("every prefix of what is inside is refused", arguments: SampleMessages.inside)
    func everyPrefixInsideIsRefused(_ payloads: [Payload]) {
        let (first, bytes) = PayloadChain.encode(payloads)
        for count in 0..<bytes.count {
            #expect(throws: MessageError.self) { try PayloadChain.decode(first, Array(bytes.prefix(count))) }
        }
    }

    @Test("bytes after the last payload are refused", arguments: SampleMessages.all)
    func leftOverIsRefused(_ message: IKEMessage) {
        #expect(throws: MessageError.self) { try IKEMessage.decode(message.encoded() + [0]) }
        #expect(throws: MessageError.self) { try IKEHeader.decode(message.encoded() + [0]) }
    }

    @Test("changed bytes never trap, and what decodes can be encoded", arguments: 0..<40 as Range<UInt64>)
    func changedBytesNeverTrap(_ seed: UInt64) {
        var random = SeededRandom(seed)
        for message in SampleMessages.all {
            for _ in 0..<25 {
                var bytes = message.encoded()
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                guard let decoded = try? IKEMessage.decode(bytes) else { continue }
                _ = try? MessageContent(decoded.payloads)
                #expect((try? IKEMessage.decode(decoded.encoded())) != nil)
            }
        }
    }
}
