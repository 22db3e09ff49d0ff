import OpenSSL
import TestCertificates
import Testing

func certificate(_ pem: String) throws -> Certificate {
    try #require(try Certificate.all(pem: Array(pem.utf8)).first)
}

@Suite struct CertificateTests {
    @Test func readsWhatItSays() throws {
        let gate = try certificate(Certificates.gate)
        #expect(gate.subject.description == "C=CH, O=Acme, CN=gate")
        #expect(gate.issuer.description == "C=CH, O=Acme, CN=Acme Issuing")
        #expect(gate.publicKey.kind == .p256)
        // 2026-01-01 to 2036-01-01
        #expect(gate.validity == 1_767_225_600...2_082_758_400)
        #expect(gate.extendedKeyUsages == ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"])
        #expect(gate.maySign)
        let other = try #require(DistinguishedName("C=CH, O=Acme, CN=other"))
        #expect(
            gate.alternativeNames == [
                .uri("spiffe://acme.example/tenant/a/node/gate"), .dns("gate.acme.example"), .address([192, 0, 2, 1]),
                .address([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]),
                .email("gate@acme.example"), .directory(other),
            ])
    }

    @Test func tellsWhatIsNotThere() throws {
        let plain = try certificate(Certificates.plain)
        #expect(plain.extendedKeyUsages == nil)
        #expect(plain.alternativeNames.isEmpty)
        #expect(try !certificate(Certificates.agreeing).maySign)
    }

    @Test func nameWithAZeroByteIsNoName() throws {
        #expect(try certificate(Certificates.embeddedZero).alternativeNames.isEmpty)
    }

    @Test func keyOfAnotherKindIsRefused() {
        #expect(throws: CertificateRefusal.key(.unsupported)) { try certificate(Certificates.edwards) }
        #expect(throws: CertificateRefusal.key(.size(bits: 1024))) { try certificate(Certificates.weak) }
    }

    @Test func whatIsNotOneCertificateIsRefused() throws {
        let der = try certificate(Certificates.gate).der
        #expect(throws: CertificateRefusal.malformed) { try Certificate(der: der + [0]) }
        #expect(throws: CertificateRefusal.malformed) { try Certificate(der: []) }
        #expect(throws: CertificateRefusal.malformed) { try Certificate(der: [UInt8](repeating: 0x30, count: 1 << 20)) }
        for count in 0..<der.count {
            #expect(throws: CertificateRefusal.malformed) { try Certificate(der: Array(der[..<count])) }
        }
    }

    /// Whatever byte is wrong, nothing traps; and no other certificate passes for this one.
    @Test func everyDamageIsSurvived() throws {
        let der = try certificate(Certificates.gate).der
        let anchors = TrustAnchors([try certificate(Certificates.root)])
        let issuing = try certificate(Certificates.issuing)
        for index in der.indices {
            for flip: UInt8 in [0x01, 0x80, 0xFF] {
                var damaged = der
                damaged[index] ^= flip
                #expect(throws: CertificateRefusal.self) {
                    try anchors.verify(
                        try Certificate(der: damaged), intermediates: [issuing], at: Certificates.time)
                }
            }
        }
    }

    @Test func readsEveryCertificateOfAText() throws {
        let text = "junk\n" + Certificates.gate + "\n" + Certificates.gateKey + "\n" + Certificates.issuing + "\n"
        #expect(try Certificate.all(pem: Array(text.utf8)).map(\.subject.description).count == 2)
        #expect(try Certificate.all(pem: []).isEmpty)
    }
}
