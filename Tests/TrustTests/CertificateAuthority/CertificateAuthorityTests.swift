import FoundationEssentials
import Sodium
import TestRandom
import Testing
import Trust
import WireFormat

struct CertificateAuthorityTests {
    private let now = Fixtures.now
    private let authority: CertificateAuthority
    private let root: RootDocument
    private let identity: NodeIdentity

    init() throws {
        let fixtures = try Fixtures()
        var generator = SeededRandom(5)
        authority = try .make(
            trustDomain: fixtures.trustDomain, lifetime: .seconds(10 * 86400), now: Fixtures.now, using: &generator)
        var document = fixtures.document()
        document.certificateAuthorities = [authority.certificate]
        root = document
        identity = try #require(NodeIdentity(trustDomain: fixtures.trustDomain, tenant: "acme", node: "laptop"))
    }

    @Test(arguments: [CertificateKey.Curve.p256, .p384])
    func aNodesCertificateNamesItAndVerifies(curve: CertificateKey.Curve) async throws {
        let chain = try issue(CertificateKey(curve))
        let verified = try await CertificateVerifier(root: root).verify(chain, now: now)
        #expect(verified == identity)
        #expect(try NodeIdentity(certificate: chain.certificates[0]) == identity)
    }

    @Test func aCertificateHoldsFromALittleBeforeToItsEnd() async throws {
        let chain = try issue(CertificateKey(), lifetime: .seconds(3600))
        #expect(chain.notBefore == now.addingTimeInterval(-300))
        #expect(chain.notAfter == now.addingTimeInterval(3600))
        #expect(chain.halfLife == now.addingTimeInterval(1650))
        let verifier = try CertificateVerifier(root: root)
        #expect(try await verifier.verify(chain, now: now.addingTimeInterval(-200)) == identity)
        #expect(try await verifier.verify(chain, now: now.addingTimeInterval(3500)) == identity)
        await #expect(throws: CertificateError.self) {
            try await verifier.verify(chain, now: now.addingTimeInterval(-400))
        }
        await #expect(throws: CertificateError.self) {
            try await verifier.verify(chain, now: now.addingTimeInterval(3700))
        }
    }

    @Test func noCertificateOutlivesTheAuthority() throws {
        let chain = try issue(CertificateKey(), lifetime: .seconds(100 * 86400))
        #expect(chain.notAfter == now.addingTimeInterval(10 * 86400))
        #expect(throws: CertificateError.self) {
            try issue(CertificateKey(), now: now.addingTimeInterval(10 * 86400))
        }
    }

    @Test func anotherAuthoritysCertificateIsRefused() async throws {
        var generator = SeededRandom(6)
        let other = try CertificateAuthority.make(
            trustDomain: identity.trustDomain, lifetime: .seconds(86400), now: now, using: &generator)
        let request = try CertificateRequest(der: try CertificateRequest.make(node: "laptop", key: CertificateKey()))
        let chain = try other.issueNode(identity, for: request, lifetime: .seconds(60), now: now, using: &generator)
        await #expect { try await CertificateVerifier(root: root).verify(chain, now: now) } throws: {
            ($0 as? CertificateError)?.code == .untrusted
        }
    }

    @Test func aServersCertificateIsNoNodes() async throws {
        var generator = SeededRandom(7)
        let chain = try authority.issueServer(
            names: [.dns("controller.example.org")], key: CertificateKey(), lifetime: .seconds(60), now: now,
            using: &generator)
        await #expect { try await CertificateVerifier(root: root).verify(chain, now: now) } throws: {
            ($0 as? CertificateError)?.code == .untrusted
        }
        #expect { try NodeIdentity(certificate: chain.certificates[0]) } throws: {
            ($0 as? CertificateError)?.code == .noIdentity
        }
    }

    @Test func aGatewaysNamesAreBesideItsIdentity() async throws {
        var generator = SeededRandom(9)
        let request = try CertificateRequest(der: try CertificateRequest.make(node: "gw", key: CertificateKey()))
        let chain = try authority.issueNode(
            identity, dnsNames: ["vpn.acme.example", "vpn.example.org"], for: request, lifetime: .seconds(60), now: now,
            using: &generator)
        #expect(chain.dnsNames == ["vpn.acme.example", "vpn.example.org"])
        #expect(try await CertificateVerifier(root: root).verify(chain, now: now) == identity)
        #expect(try issue(CertificateKey()).dnsNames == [])
    }

    @Test func aConfigSaysWhichNamesItsCertificateNeeds() {
        func site(_ identity: String, _ change: (inout WireIPsecSite) -> Void) -> WireIPsecSite {
            var site = WireIPsecSite()
            site.localIdentity = identity
            change(&site)
            return site
        }
        var config = WireNodeConfig()
        config.networks = [WireNetworkConfig(), WireNetworkConfig()]
        config.networks[0].ipsecSites = [
            site("vpn.acme.example") { $0.eap.password.name = "alice" },
            site("gate.acme.example") { $0.authorities = WireCertificateAuthorities() },
            site("preshared.acme.example") { $0.presharedKey.name = "branch" },
            site("") { $0.authorities = WireCertificateAuthorities() },
            site("192.0.2.1") { $0.authorities = WireCertificateAuthorities() },
            site("C=CH, CN=gate") { $0.authorities = WireCertificateAuthorities() },
            site("spiffe://acme.example/tenant/acme/node/gw") { $0.authorities = WireCertificateAuthorities() },
        ]
        config.networks[1].ipsecSites = [site("vpn.acme.example") { $0.eap.user = "bob" }]
        #expect(config.certificateNames == ["gate.acme.example", "vpn.acme.example"])
        config.networks[0].ipsecSites = (0..<100).map { number in
            site("gate-\(number).acme.example") { $0.authorities = WireCertificateAuthorities() }
        }
        #expect(config.certificateNames.count == 64)
    }

    @Test func aNodeOfAnotherTrustDomainIsRefused() async throws {
        var generator = SeededRandom(8)
        let domain = try #require(TrustDomain("example.com"))
        let foreign = try #require(NodeIdentity(trustDomain: domain, tenant: "acme", node: "laptop"))
        let request = try CertificateRequest(der: try CertificateRequest.make(node: "laptop", key: CertificateKey()))
        let chain = try authority.issueNode(foreign, for: request, lifetime: .seconds(60), now: now, using: &generator)
        await #expect { try await CertificateVerifier(root: root).verify(chain, now: now) } throws: {
            ($0 as? CertificateError)?.code == .untrusted
        }
    }

    @Test func aNodesKeyIsNoAuthoritys() throws {
        let key = CertificateKey()
        let chain = try issue(key)
        #expect(throws: CertificateError.self) {
            try CertificateAuthority(certificate: chain.certificates[0], key: key)
        }
        #expect(throws: CertificateError.self) {
            try CertificateAuthority(certificate: authority.certificate, key: key)
        }
    }

    @Test func serialNumbersComeFromTheGenerator() throws {
        let key = CertificateKey()
        #expect(try serial(of: issue(key, seed: 1)) == serial(of: issue(key, seed: 1)))
        #expect(try serial(of: issue(key, seed: 1)) != serial(of: issue(key, seed: 2)))
    }

    @Test func aRequestIsTakenWithItsSignatureAlone() throws {
        let der = try CertificateRequest.make(node: "laptop", key: CertificateKey())
        #expect(throws: Never.self) { try CertificateRequest(der: der) }
        var changed = der
        changed[changed.count - 1] ^= 1
        #expect(throws: CertificateError.self) { try CertificateRequest(der: changed) }
        #expect(throws: CertificateError.self) { try CertificateRequest(der: der + [0]) }
        #expect(throws: CertificateError.self) { try CertificateRequest(der: Data()) }
        #expect(throws: CertificateError.self) { try CertificateRequest(der: Data(count: 20_000)) }
    }

    @Test func chainsAndKeysSurvivePEM() throws {
        let key = CertificateKey(.p384)
        let chain = try issue(key)
        #expect(try CertificateChain(pem: Array(chain.pem.utf8)) == chain)
        #expect(try CertificateKey(pem: key.pem()).pem() == key.pem())
        #expect(throws: CertificateError.self) { try CertificateKey(pem: SecretBytes(copying: Array("x".utf8))) }
        #expect(throws: CertificateError.self) { try CertificateChain(pem: Array("x".utf8)) }
        #expect(throws: CertificateError.self) { try CertificateChain([]) }
    }

    private func issue(
        _ key: CertificateKey, lifetime: Duration = .seconds(3600), now: Date? = nil, seed: UInt64 = 1
    ) throws -> CertificateChain {
        var generator = SeededRandom(seed)
        let request = try CertificateRequest(der: try CertificateRequest.make(node: "laptop", key: key))
        return try authority.issueNode(
            identity, for: request, lifetime: lifetime, now: now ?? self.now, using: &generator)
    }

    /// INTEGER after the version, by its place in the DER that this CA makes.
    private func serial(of chain: CertificateChain) throws -> Data {
        let der = chain.certificates[0]
        let version = try #require(der.firstRange(of: Data([0xA0, 3, 2, 1, 2, 2, 16])))
        return der[version.upperBound..<version.upperBound + 16]
    }
}

struct ServerNameTests {
    @Test func namesAndAddressesAreTold() {
        #expect(ServerName("localhost") == .dns("localhost"))
        #expect(ServerName("a.example.org") == .dns("a.example.org"))
        #expect(ServerName("127.0.0.1") == .address([127, 0, 0, 1]))
        #expect(ServerName("[::1]") == .address([UInt8](repeating: 0, count: 15) + [1]))
        #expect(ServerName("::1") == ServerName("[::1]"))
        #expect(ServerName("::1")?.description == "::1")
    }

    @Test(arguments: ["", "a..b", "*.example.org", "a b", "[a]", "a:1", "/etc"])
    func otherTextIsNone(text: String) {
        #expect(ServerName(text) == nil)
    }
}
