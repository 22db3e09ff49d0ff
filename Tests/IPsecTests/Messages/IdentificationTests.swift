import Addressing
import IPsec
import Testing

@Suite("Identities on the wire")
struct IdentificationTests {
    @Test("each form comes back from the wire", arguments: SampleMessages.identities)
    func roundTrip(_ identity: Identity) {
        #expect(Identity(identity.identification) == identity)
    }

    @Test(
        "data that a type cannot have is no identity",
        arguments: [
            Identification(.ipv4Address, [1, 2, 3]), Identification(.ipv4Address, .init(repeating: 1, count: 16)),
            Identification(.ipv6Address, [1, 2, 3, 4]), Identification(.fqdn, []),
            Identification(.fqdn, Array("a\nb".utf8)), Identification(.fqdn, Array("a b".utf8)),
            Identification(.fqdn, [0xC3, 0x28]), Identification(.fqdn, .init(repeating: 0x61, count: 256)),
            Identification(.emailAddress, Array("a@b\u{202E}".utf8)), Identification(.distinguishedName, []),
            Identification(IdentificationType(rawValue: 4), [1]),
        ])
    func malformed(_ identification: Identification) {
        #expect(Identity(identification) == nil)
    }

    @Test("AUTH covers reserved bytes as they were sent")
    func reservedBytesAreKept() throws {
        let text = bytes("0000 000a 02 0a0b0c 6777")
        let content = try MessageContent(PayloadChain.decode(.initiatorIdentification, text))
        let identification = try #require(content.initiatorIdentification)
        #expect(identification.body == bytes("02 0a0b0c 6777"))
        #expect(Identity(identification) == .fqdn("gw"))
    }
}
