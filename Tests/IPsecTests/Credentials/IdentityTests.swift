import Addressing
import IPsec
import OpenSSL
import TestCertificates
import Testing
import Tunneling

@Suite struct IdentityTests {
    static let time = WallTime(seconds: Certificates.time, nanoseconds: 0)

    static func der(_ pem: String) -> [[UInt8]] { PEM.blocks(named: "CERTIFICATE", in: Array(pem.utf8)) }

    static func verify(
        _ leaf: String, as identity: Identity, _ expected: [IdentityPattern], revocationLists: [RevocationList] = []
    ) throws -> Certificate {
        let anchors = try der(Certificates.root).map(Certificate.init(der:))
        return try CertificateVerifier(TrustAnchors(anchors), revocationLists: revocationLists)
            .verify(
                chain: der(leaf) + der(Certificates.issuing), identity: identity, expected: expected, at: time)
    }

    static func identity(_ text: String) throws -> Identity { try #require(Identity(text: text)) }

    static let names = [
        "gate.acme.example", "GATE.acme.EXAMPLE", "192.0.2.1", "2001:db8::1", "gate@acme.example",
        "gate@ACME.example", "C=CH, O=Acme, CN=gate", "C=ch, O=acme, CN=Gate",
        "spiffe://acme.example/tenant/a/node/gate",
    ]

    @Test(arguments: names)
    func everyNameOfACertificateIsProven(_ name: String) throws {
        let identity = try Self.identity(name)
        let pattern = try #require(IdentityPattern(text: name))
        #expect(try Self.verify(Certificates.gate, as: identity, [pattern]).subject.description.hasSuffix("CN=gate"))
        #expect(try Self.verify(Certificates.gate, as: identity, [.any]).subject.description.hasSuffix("CN=gate"))
        // What is said may be one name, and what is expected another, of the same certificate.
        for other in Self.names {
            let expected = try #require(IdentityPattern(text: other))
            _ = try Self.verify(Certificates.gate, as: identity, [.host("x"), expected])
        }
    }

    @Test(arguments: [
        "gate.acme.example.", "acme.example", "*.acme.example", "evil.example", "gate", "192.0.2.2",
        "Gate@acme.example", "C=CH, O=Acme", "O=Acme, C=CH, CN=gate", "C=CH, O=Acme, CN=other", "CN=gate",
        "spiffe://acme.example/tenant/a/node/gate/", "spiffe://acme.example/tenant/a/node/Gate",
        "spiffe://acme.example/tenant/a/node/gat",
    ])
    func otherNamesAreNot(_ name: String) throws {
        let identity = try Self.identity(name)
        #expect(throws: AuthRefusal.identity) { try Self.verify(Certificates.gate, as: identity, [.any]) }
        // Nor is what the peer says truly of use where another was expected.
        let pattern = try #require(IdentityPattern(text: name))
        if pattern != .host("*.acme.example") {
            #expect(throws: AuthRefusal.identity) {
                try Self.verify(Certificates.gate, as: .fqdn("gate.acme.example"), [pattern])
            }
        }
    }

    @Test func keyIDsAndNobodyAreInNoCertificate() {
        for identity in [Identity.null, .keyID([1]), .generalName([0x86, 0]), .distinguishedName([0x30, 0])] {
            #expect(throws: AuthRefusal.identity) { try Self.verify(Certificates.gate, as: identity, [.any]) }
        }
    }

    @Test func nothingExpectedIsNobodyTaken() {
        #expect(throws: AuthRefusal.identity) {
            try Self.verify(Certificates.gate, as: .fqdn("gate.acme.example"), [])
        }
    }

    @Test(arguments: [
        ("gate.acme.example", "*.acme.example", true), ("gate.acme.example", "*.ACME.example", true),
        ("a.gate.acme.example", "*.acme.example", false), ("acme.example", "*.acme.example", false),
        (".acme.example", "*.acme.example", false), ("*.acme.example", "*.acme.example", false),
        ("gate.acme.example", "g*.acme.example", false), ("gate.acme.example", "*", true),
        ("gate.acme.example", "*.*.example", false), ("gate.evil.example", "*.acme.example", false),
    ])
    func asteriskStandsForOneWholeLabel(_ host: String, _ pattern: String, _ matches: Bool) throws {
        #expect(try #require(IdentityPattern(text: pattern)).matches(.fqdn(host)) == matches)
    }

    /// A certificate's wildcard is for the names of a web server's hosts, not for whoever calls itself one of them.
    @Test func wildcardOfACertificateStandsForNobody() {
        #expect(throws: AuthRefusal.identity) {
            try Self.verify(Certificates.wildcard, as: .fqdn("gate.acme.example"), [.any])
        }
    }

    @Test func zeroByteEndsNoName() {
        #expect(throws: AuthRefusal.identity) {
            try Self.verify(Certificates.embeddedZero, as: .fqdn("gate.acme.example"), [.any])
        }
    }

    @Test(arguments: [
        (Certificates.expired, CertificateRefusal.expired), (Certificates.early, .notYetValid),
        (Certificates.stranger, .unknownIssuer), (Certificates.codeSigning, .wrongUsage),
        (Certificates.agreeing, .wrongUsage), (Certificates.edwards, .key(.unsupported)),
    ])
    func certificateThatIsNotBelievedIsTold(_ leaf: String, _ refusal: CertificateRefusal) {
        #expect(throws: AuthRefusal.certificate(refusal)) {
            try Self.verify(leaf, as: .fqdn("gate.acme.example"), [.any])
        }
    }

    @Test func revokedCertificateIsTold() throws {
        let list = try #require(PEM.blocks(named: "X509 CRL", in: Array(Certificates.revokingGate.utf8)).first)
        #expect(throws: AuthRefusal.certificate(.revoked)) {
            try Self.verify(
                Certificates.gate, as: .fqdn("gate.acme.example"), [.any],
                revocationLists: [RevocationList(der: list)])
        }
    }

    @Test func withoutACertificateNobodyIsBelieved() throws {
        let verifier = CertificateVerifier(TrustAnchors([]))
        #expect(throws: AuthRefusal.noCertificate) {
            try verifier.verify(chain: [], identity: .fqdn("a"), expected: [.any], at: Self.time)
        }
        #expect(throws: AuthRefusal.certificate(.malformed)) {
            try verifier.verify(chain: [[1, 2]], identity: .fqdn("a"), expected: [.any], at: Self.time)
        }
    }

    @Test func preferredNameIsTheSubject() throws {
        let gate = try #require(try Self.der(Certificates.gate).map(Certificate.init(der:)).first)
        let name = try #require(Identity.preferred(of: gate))
        #expect(name.isSame(as: try Self.identity("C=CH, O=Acme, CN=gate")))
        _ = try Self.verify(Certificates.gate, as: name, [.uri("spiffe://acme.example/tenant/a/node/gate")])
    }

    @Test func sharedKeysProveWhatTheirOwnerSays() throws {
        #expect(IdentityPattern.any.matches(.null))
        #expect(
            try #require(IdentityPattern(text: "192.0.2.1")).matches(.address(try #require(IPAddress("192.0.2.1")))))
        #expect(try !#require(IdentityPattern(text: "192.0.2.1")).matches(.fqdn("192.0.2.1")))
        #expect(IdentityPattern.identity(.keyID([1, 2])).matches(.keyID([1, 2])))
        #expect(!IdentityPattern.identity(.keyID([1, 2])).matches(.keyID([1, 3])))
        #expect(IdentityPattern.uri("spiffe://a/b").matches(try Self.identity("spiffe://a/b")))
        #expect(!IdentityPattern.uri("spiffe://a/b").matches(.fqdn("spiffe://a/b")))
    }

    /// The name of a node goes to another machine while the first one's certificate still holds.
    @Test func aBoundNameIsProvenByTheRightSerialNumberAlone() throws {
        let anchors = TrustAnchors(try Self.der(BoundCertificates.root).map(Certificate.init(der:)))
        let name = "spiffe://acme.example/tenant/a/node/gate"
        let identity = try Self.identity(name)
        func verify(_ leaf: String, _ pattern: IdentityPattern) throws(AuthRefusal) {
            _ = try CertificateVerifier(anchors).verify(
                chain: Self.der(leaf), identity: identity, expected: [pattern], at: Self.time)
        }
        let second = IdentityPattern.bound(.uri(name), serialNumber: "00bb")
        try verify(BoundCertificates.second, second)
        #expect(throws: AuthRefusal.identity) { try verify(BoundCertificates.first, second) }
        #expect(throws: AuthRefusal.identity) { try verify(BoundCertificates.both, second) }
        try verify(BoundCertificates.first, .uri(name))
        let other = IdentityPattern.bound(.uri(name + "-2"), serialNumber: "00bb")
        #expect(throws: AuthRefusal.identity) { try verify(BoundCertificates.second, other) }
        // What somebody says of itself proves no certificate.
        #expect(!second.matches(identity))
        let plain = try #require(try Self.der(Certificates.gate).map(Certificate.init(der:)).first)
        #expect(plain.subject.serialNumber == nil)
    }
}
