import Addressing
import IPsec
import Testing

/// Payloads laid out by hand from the figures of the RFCs, generic header first.
@Suite("Payload vectors")
struct PayloadVectorTests {
    private static let vectors: [(Payload, String)] = [
        (.keyExchange(KeyExchangePayload(group: 19, publicValue: [1, 2])), "0000 000a 0013 0000 0102"),
        (.initiatorIdentification(Identity.fqdn("gw").identification), "0000 000a 02 000000 6777"),
        (
            .responderIdentification(Identity.address(IPAddress(v4: 0xC000_0201)).identification),
            "0000 000c 01 000000 c0000201"
        ),
        (.certificate(CertificatePayload(.x509Signature, [0x30])), "0000 0006 04 30"),
        (.certificateRequest(CertificateRequest(.x509Signature, authorities: [])), "0000 0005 04"),
        // RFC 7427 §3: the AlgorithmIdentifier of ecdsa-with-SHA256.
        (
            .authentication(
                AuthenticationPayload(
                    .digitalSignature,
                    DigitalSignature(algorithm: bytes("300a06082a8648ce3d040302"), signature: [0xAA]).encoded())),
            "0000 0016 0e 000000 0c 300a06082a8648ce3d040302 aa"
        ),
        (.notify(Notify(.cookie, data: [0xAB])), "0000 0009 00 00 4006 ab"),
        (.notify(.invalidKEPayload(wanting: .ecp384)), "0000 000a 00 00 0011 0014"),
        (.notify(.rekey(esp: 0xC000_0001)), "0000 000c 03 04 4009 c0000001"),
        (.notify(.signatureHashAlgorithms([.sha256, .sha512])), "0000 000c 00 00 402f 0002 0004"),
        (.notify(Notify(.fragmentationSupported)), "0000 0008 00 00 402e"),
        (.notify(Notify(.additionalIPv4Address, data: [192, 0, 2, 1])), "0000 000c 00 00 400d c0000201"),
        (.notify(Notify(.updateSAAddresses)), "0000 0008 00 00 4010"),
        (.notify(Notify(.childlessIKEv2Supported)), "0000 0008 00 00 4022"),
        (.notify(Notify(.eapOnlyAuthentication)), "0000 0008 00 00 4021"),
        (.delete(.ike), "0000 0008 01 00 0000"),
        (.delete(.esp([0x0102_0304])), "0000 000c 03 04 0001 01020304"),
        (
            .initiatorTrafficSelectors(TrafficSelectorList([.everything(.v4)])),
            "0000 0018 01 000000 07 00 0010 0000 ffff 00000000 ffffffff"
        ),
        (
            .configuration(Configuration(.request, [.init(.internalIPv4Address), .init(.internalDNSDomain)])),
            "0000 0010 01 000000 0001 0000 0019 0000"
        ),
        (
            .configuration(Configuration(.reply, [.address(IPAddress(v6: 1))])),
            "0000 001d 02 000000 0008 0011 00000000000000000000000000000001 80"
        ),
        (.eap(EAPMessage(.request, identifier: 7, method: 1)), "0000 0009 01 07 0005 01"),
        (.eap(EAPMessage(.success, identifier: 8)), "0000 0008 03 08 0004"),
        (
            .securityAssociation([
                Proposal(
                    number: 1, proto: .esp, spi: [1, 2, 3, 4],
                    transforms: [Transform(.encryption, 20, keyLength: 256), Transform(usesESN: true)])
            ]),
            "0000 0024 00 00 0020 01 03 04 02 01020304 03 00 000c 01 00 0014 800e 0100 00 00 0008 05 00 0001"
        ),
    ]

    @Test("each form of payload", arguments: vectors.indices)
    func vector(_ index: Int) throws {
        let (payload, hexadecimal) = Self.vectors[index]
        let expected = bytes(hexadecimal)
        #expect(PayloadChain.encode([payload]).bytes == expected)
        #expect(try PayloadChain.decode(payload.type, expected) == [payload])
    }

    @Test("a fragment's envelope (RFC 7383 §2.5)")
    func fragment() throws {
        let header = IKEHeader(
            initiatorSPI: 1, responderSPI: 2, exchange: .ikeAuth, flags: [.initiator], messageID: 1)
        let prefix = Envelope.prefix(header, firstType: .initiatorIdentification, fragment: 2, of: 3, bodyCount: 5)
        #expect(
            prefix
                == bytes("0000000000000001 0000000000000002 35 20 23 08 00000001 00000029 00 00 000d 0002 0003"))
        let first = Envelope.prefix(header, firstType: .initiatorIdentification, fragment: 1, of: 3, bodyCount: 0)
        #expect(first[28] == PayloadType.initiatorIdentification.rawValue)
        let message = try IKEMessage.decode(prefix + [9, 9, 9, 9, 9])
        let fragment = EncryptedFragment(firstType: .none, number: 2, total: 3, body: [9, 9, 9, 9, 9])
        #expect(message.payloads == [.encryptedFragment(fragment)])
    }

    @Test("attributes that the product does not know make a transform unfit, not the message")
    func unknownAttributes() throws {
        let short = "0000 0020 00 00 001c 01 03 00 02 03 00 000c 01 00 0014 8005 0100 00 00 0008 05 00 0000"
        let long = "0000 0024 00 00 0020 01 03 00 02 03 00 0010 01 00 0014 0005 0004 00000000 00 00 0008 05 00 0000"
        for text in [short, long] {
            let content = try MessageContent(PayloadChain.decode(.securityAssociation, bytes(text)))
            let proposals = try #require(content.proposals)
            #expect(proposals.first?.transforms.map(\.hasUnknownAttribute) == [true, false])
        }
    }

    @Test("selectors of a kind that the product does not know are passed over")
    func unknownSelectors() throws {
        let text = "0000 0020 02 000000 0a 00 0008 0000 0001 07 00 0010 0000 ffff 0a000000 0affffff"
        let content = try MessageContent(PayloadChain.decode(.initiatorTrafficSelectors, bytes(text)))
        let list = try #require(content.initiatorTrafficSelectors)
        #expect(list.selectors.map(\.description) == ["10.0.0.0/8"])
    }

    @Test("selectors whose addresses are out of order are malformed")
    func selectorOutOfOrder() {
        let text = "0000 0018 01 000000 07 00 0010 0000 ffff 0affffff 0a000000"
        #expect(throws: MessageError.self) { try PayloadChain.decode(.initiatorTrafficSelectors, bytes(text)) }
    }
}
