import Addressing
import IPsec
import OpenSSL
import Testing

@Suite("Messages of strongSwan's")
struct StrongSwanExchangeTests {
    @Test("IKE_SA_INIT request")
    func initRequest() throws {
        let message = try IKEMessage.decode(StrongSwanExchange.initRequest)
        #expect(message.header.initiatorSPI == 0xFD59_309C_BB4D_83C6)
        #expect(message.header.responderSPI == 0)
        #expect(message.header.exchange == .ikeSAInit)
        #expect(message.header.flags == [.initiator])
        let content = try MessageContent(message.payloads)
        try content.require(.securityAssociation, .keyExchange, .nonce)
        #expect(content.proposals?.map(\.transforms.count) == [36, 37])
        #expect(content.proposals?.first?.transforms.first == Transform(.encryption, 12, keyLength: 128))
        #expect(content.proposals?.last?.transforms.last == Transform(DHGroup.modp2048))
        #expect(content.keyExchange?.group == 31)
        #expect(content.keyExchange?.publicValue.count == 32)
        #expect(content.nonce?.count == 32)
        #expect(
            content.notifies.map(\.type) == [
                .natDetectionSourceIP, .natDetectionDestinationIP, .fragmentationSupported, .signatureHashAlgorithms,
                .redirectSupported,
            ])
        #expect(
            content.notify(.signatureHashAlgorithms)?.signatureHashAlgorithms == [.sha256, .sha384, .sha512, .identity])
    }

    @Test("IKE_SA_INIT response")
    func initResponse() throws {
        let message = try IKEMessage.decode(StrongSwanExchange.initResponse)
        #expect(message.header.isResponse && !message.header.isFromInitiator)
        let content = try MessageContent(message.payloads)
        let suite = IKESuite(
            encryption: .aes128CBC, integrity: .hmacSHA256x128, prf: .hmacSHA256, group: .curve25519)
        #expect(content.proposals == [Proposal(number: 1, proto: .ike, transforms: suite.transforms)])
        #expect(content.notify(.childlessIKEv2Supported) != nil)
        #expect(content.notify(.multipleAuthenticationSupported) != nil)
        #expect(content.error == nil)
    }

    @Test("IKE_AUTH request: its envelope is what the check value covers")
    func authRequestEnvelope() throws {
        let datagram = StrongSwanExchange.authRequest
        let message = try IKEMessage.decode(datagram)
        guard case .encrypted(let encrypted)? = message.payloads.last else {
            Issue.record("no SK payload")
            return
        }
        #expect(encrypted.firstType == .initiatorIdentification)
        let prefix = Envelope.prefix(
            message.header, firstType: encrypted.firstType, bodyCount: encrypted.body.count)
        #expect(prefix + encrypted.body == datagram)

        let suite = IKESuite(
            encryption: .aes128CBC, integrity: .hmacSHA256x128, prf: .hmacSHA256, group: .curve25519)
        let cipher = IKECipher(
            suite, encryptionKey: SecretBytes(copying: StrongSwanExchange.encryptionKey),
            integrityKey: SecretBytes(copying: StrongSwanExchange.integrityKey))
        #expect(try cipher.open(encrypted.body, header: prefix) == StrongSwanExchange.authRequestInside)
    }

    @Test("IKE_AUTH request, inside")
    func authRequestInside() throws {
        let payloads = try PayloadChain.decode(.initiatorIdentification, StrongSwanExchange.authRequestInside)
        let content = try MessageContent(payloads)
        #expect(content.initiatorIdentification.flatMap { Identity($0) } == .fqdn("a.example"))
        #expect(content.responderIdentification.flatMap { Identity($0) } == .fqdn("b.example"))
        #expect(content.authentication?.method == .sharedKey)
        #expect(content.authentication?.data.count == 32)
        let local = try #require(IPPrefix("10.1.0.0/16"))
        let remote = try #require(IPPrefix("10.2.0.0/16"))
        #expect(content.initiatorTrafficSelectors?.selectors == [TrafficSelector(local)])
        #expect(content.responderTrafficSelectors?.selectors == [TrafficSelector(remote)])
        #expect(content.proposals?.map(\.spi) == [bytes("cb2e02a0"), bytes("cb2e02a0")])
        #expect(content.notify(.initialContact) != nil)
        #expect(content.notify(.mobikeSupported) != nil)
        #expect(content.notify(.eapOnlyAuthentication) != nil)
    }

    @Test("what was decoded is encoded to the same bytes")
    func byteExact() throws {
        for datagram in [
            StrongSwanExchange.initRequest, StrongSwanExchange.initResponse, StrongSwanExchange.authRequest,
        ] {
            #expect(try IKEMessage.decode(datagram).encoded() == datagram)
        }
        let insides: [(PayloadType, [UInt8])] = [
            (.initiatorIdentification, StrongSwanExchange.authRequestInside),
            (.responderIdentification, StrongSwanExchange.authResponseInside),
        ]
        for (first, inside) in insides {
            let encoded = try PayloadChain.encode(PayloadChain.decode(first, inside))
            #expect(encoded.first == first)
            #expect(encoded.bytes == inside)
        }
    }

    @Test("every prefix is refused")
    func everyPrefixIsRefused() {
        for datagram in [
            StrongSwanExchange.initRequest, StrongSwanExchange.initResponse, StrongSwanExchange.authRequest,
        ] {
            for count in 0..<datagram.count {
                #expect(throws: MessageError.self) { try IKEMessage.decode(Array(datagram.prefix(count))) }
            }
        }
    }
}
