import TestLab
import TestTunnels
import Testing

/// The other side must work before it can tell anything about ours.
@Suite struct StrongSwanTests {
    @Test(arguments: CertificateRequest.Key.allCases) func twoOfThemJoin(_ key: CertificateRequest.Key) async throws {
        try await withLab { lab in
            let (left, right) = (try lab.namespace("left"), try lab.namespace("right"))
            try lab.connect(left, ["192.0.2.1/24"], right, ["192.0.2.2/24"])
            let authority = try CertificateAuthority(lab)
            func party(_ name: String, _ number: Int) throws -> IPsecParty {
                let certificate = try authority.issue(
                    CertificateRequest("/O=acme/CN=\(name)", names: ["URI:spiffe://acme/\(name)"], key: key))
                return IPsecParty(
                    "O=acme, CN=\(name)", .certificate(certificate), at: "192.0.2.\(number)",
                    ["10.\(number).0.0/24", "fd0\(number)::/64"])
            }
            let parties = try (party("left", 1), party("right", 2))
            var settings = IPsecSettings(parties.0, parties.1)
            settings.authorities = [authority.certificate]
            var other = IPsecSettings(parties.1, parties.0)
            other.authorities = [authority.certificate]
            let ends = try await (Charon(in: left, "left", lab), Charon(in: right, "right", lab))
            try left.configure("lo", ["10.1.0.1/32", "fd01::1/128"])
            try right.configure("lo", ["10.2.0.1/32", "fd02::1/128"])
            try ends.0.load(["link": settings])
            try ends.1.load(["link": other])
            try ends.0.initiate("link")
            for address in ["10.2.0.1", "fd02::1"] { #expect(try left.reaches(address)) }
            let association = try #require(try ends.1.associations().first)
            #expect(association.isEstablished && !association.isInitiator)
            #expect(association.remoteIdentity == "O=acme, CN=left")
            let child = try #require(association.installed.first)
            #expect(child.isEncapsulated && child.receivedBytes > 0 && child.sentBytes > 0)
            #expect(child.remoteSelectors == ["10.1.0.0/24", "fd01::/64"])
        }
    }
}
