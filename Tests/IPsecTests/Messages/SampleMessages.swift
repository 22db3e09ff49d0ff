import Addressing
import IPsec

/// Messages that between them have every payload and every form of it.
enum SampleMessages {
    static let header = IKEHeader(
        initiatorSPI: 0x0102_0304_0506_0708, responderSPI: 0x1112_1314_1516_1718, exchange: .ikeAuth,
        flags: [.initiator], messageID: 1)

    static let proposals = [
        Proposal(
            number: 1, proto: .esp, spi: [0xC0, 0, 0, 1],
            transforms: [
                Transform(.encryption, 20, keyLength: 256), Transform(.encryption, 20, keyLength: 128),
                Transform(.extendedSequenceNumbers, 1), Transform(.extendedSequenceNumbers, 0),
            ]),
        Proposal(
            number: 2, proto: .esp, spi: [0xC0, 0, 0, 1],
            transforms: [
                Transform(.encryption, 12, keyLength: 256), Transform(.integrity, 12),
                Transform(.extendedSequenceNumbers, 0),
            ]),
    ]

    static let selectors: [TrafficSelector] = [
        .everything(.v4), .everything(.v6), range("10.0.0.1", "10.0.0.9", proto: 17, first: 53, last: 53),
        range("2001:db8::1", "2001:db8::ff", proto: 6, first: 65535, last: 0),
    ].compactMap { $0 }

    static func range(
        _ first: String, _ last: String, proto: UInt8 = 0, first firstPort: UInt16 = 0, last lastPort: UInt16 = 65535
    ) -> TrafficSelector? {
        guard let first = IPAddress(first), let last = IPAddress(last) else { return nil }
        return TrafficSelector(
            first, last, proto: proto, ports: TrafficSelector.Ports(first: firstPort, last: lastPort))
    }

    static let notifies: [Notify] = [
        .invalidKEPayload(wanting: .ecp384), Notify(.cookie, data: [1, 2, 3]),
        .signatureHashAlgorithms([.sha256, .sha384]),
        .rekey(esp: 0xC000_0002), Notify(.childSANotFound, proto: .esp, spi: [1, 2, 3, 4]), Notify(.childSANotFound),
        Notify(.additionalIPv4Address, data: [192, 0, 2, 1]),
        Notify(.additionalIPv6Address, data: IPAddress(v6: 1).bytes),
        Notify(.natDetectionSourceIP, data: .init(repeating: 7, count: 20)),
        Notify(.mobikeSupported), Notify(.initialContact), Notify(.cookie2, data: .init(repeating: 9, count: 8)),
        Notify(NotifyType(rawValue: 60000), data: [1]), Notify(.unsupportedCriticalPayload, data: [200]),
        Notify(.redirect, data: [1, 4, 192, 0, 2, 1, 5, 5]), Notify(.redirectedFrom, data: [3, 2, 0x67, 0x77]),
    ]

    static let identities: [Identity] = [
        .address(IPAddress(v4: 0xC000_0201)), .address(IPAddress(v6: 0x2001_0DB8 << 96)), .fqdn("gw.example.net"),
        .email("ann@example.net"), .distinguishedName([0x30, 0]), .generalName([0x86, 0]), .keyID([0xFF, 0]), .null,
    ]

    static let inside: [[Payload]] = [
        [.securityAssociation(proposals)],
        [.keyExchange(KeyExchangePayload(.curve25519, .init(repeating: 3, count: 32))), .nonce(.init(1...32))],
        identities.map { .initiatorIdentification($0.identification) },
        [.responderIdentification(Identity.fqdn("spoke").identification)],
        [
            .certificate(CertificatePayload(.x509Signature, [0x30, 0x82])),
            .certificate(CertificatePayload(.pkcs7, [])),
            .certificateRequest(CertificateRequest(.x509Signature, authorities: .init(repeating: 1, count: 40))),
        ],
        [
            .authentication(
                AuthenticationPayload(
                    .digitalSignature, DigitalSignature(algorithm: [0x30, 0], signature: [1, 2, 3]).encoded()))
        ],
        notifies.map { .notify($0) },
        [.delete(.ike), .delete(.esp([0xC000_0001, 0xC000_0002])), .delete(.ah([7])), .delete(.esp([]))],
        [.vendorID(Array("strongSwan".utf8))],
        [
            .initiatorTrafficSelectors(TrafficSelectorList(selectors)),
            .responderTrafficSelectors(TrafficSelectorList([])),
        ],
        [
            .configuration(
                Configuration(
                    .request, [.init(.internalIPv4Address), .init(.internalIPv6Address), .init(.internalIPv4DNS)])),
            .configuration(
                Configuration(
                    .reply,
                    [
                        .address(IPAddress(v4: 0x0A00_0001)), .address(IPAddress(v6: 5)),
                        .dnsServer(IPAddress(v4: 0x0A00_0035)), .dnsDomain("corp.example"),
                    ])),
        ],
        [
            .eap(EAPMessage(.request, identifier: 3, method: 1, data: [])),
            .eap(EAPMessage(.response, identifier: 3, method: 26, data: [1, 2, 3])),
            .eap(EAPMessage(.success, identifier: 4)),
        ],
        [.unknown(PayloadType(rawValue: 200), [1, 2, 3])],
    ]

    static let outside: [[Payload]] = [
        [.encrypted(EncryptedPayload(firstType: .initiatorIdentification, body: .init(repeating: 8, count: 40)))],
        [.encrypted(EncryptedPayload(firstType: .none, body: .init(repeating: 8, count: 24)))],
        [
            .encryptedFragment(
                EncryptedFragment(
                    firstType: .initiatorIdentification, number: 1, total: 3, body: .init(repeating: 8, count: 40)))
        ],
        [
            .encryptedFragment(
                EncryptedFragment(firstType: .none, number: 3, total: 3, body: .init(repeating: 8, count: 4)))
        ],
    ]

    static let all = ([[]] + inside + outside + [inside.flatMap(\.self)]).map { IKEMessage(header, $0) }
}
