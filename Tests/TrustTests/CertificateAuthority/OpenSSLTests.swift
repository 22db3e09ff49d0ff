import Foundation
import Sodium
import TestRandom
import Testing
import Trust

/// The `openssl` program as the other side of every certificate and request.
struct OpenSSLTests {
    private let now = Fixtures.now
    private let attime = "\(Int(Fixtures.now.timeIntervalSince1970))"
    private let trustDomain: TrustDomain
    private let authority: CertificateAuthority

    init() throws {
        var generator = SeededRandom(5)
        trustDomain = try #require(TrustDomain("example.org"))
        authority = try .make(
            trustDomain: trustDomain, lifetime: .seconds(86400), now: Fixtures.now, using: &generator)
    }

    @Test func opensslVerifiesANodesChain() throws {
        try withTemporaryDirectory { directory in
            try writeAuthority(directory)
            let request = try CertificateRequest(
                der: try CertificateRequest.make(node: "laptop", key: CertificateKey()))
            try issue(request).write(toFile: "\(directory)/leaf.pem", atomically: true, encoding: .utf8)
            for purpose in ["sslclient", "sslserver"] {
                let result = try openssl(
                    "verify", "-x509_strict", "-attime", attime, "-purpose", purpose, "-CAfile", "\(directory)/ca.pem",
                    "\(directory)/leaf.pem")
                #expect(result.status == 0, "\(result.output)")
            }
            let late = try openssl(
                "verify", "-attime", "\((Int(attime) ?? 0) + 7200)", "-CAfile", "\(directory)/ca.pem",
                "\(directory)/leaf.pem")
            #expect(late.status != 0)
            let text = try openssl("x509", "-in", "\(directory)/leaf.pem", "-noout", "-text").output
            #expect(text.contains("URI:spiffe://example.org/tenant/acme/node/laptop"))
            #expect(text.contains("TLS Web Client Authentication, TLS Web Server Authentication"))
        }
    }

    /// Who finds no DNS name looks at the common name (RFC 6125 §6.4.4): a node called like a server is none.
    @Test func aNodeIsCalledByTheNamesAloneThatItWasGiven() throws {
        try withTemporaryDirectory { directory in
            try writeAuthority(directory)
            let request = try CertificateRequest(
                der: try CertificateRequest.make(node: "laptop", key: CertificateKey()))
            func verify(_ host: String, names: [String]) throws -> Int32 {
                try issue(request, names: names).write(
                    toFile: "\(directory)/leaf.pem", atomically: true, encoding: .utf8)
                return try openssl(
                    "verify", "-x509_strict", "-attime", attime, "-purpose", "sslserver", "-verify_hostname", host,
                    "-CAfile", "\(directory)/ca.pem", "\(directory)/leaf.pem"
                ).status
            }
            #expect(try verify("laptop", names: []) != 0)
            #expect(try verify("laptop", names: ["vpn.acme.example"]) != 0)
            #expect(try verify("vpn.acme.example", names: ["vpn.acme.example"]) == 0)
        }
    }

    @Test func opensslFindsTheNamesOfTheServer() throws {
        try withTemporaryDirectory { directory in
            try writeAuthority(directory)
            var generator = SeededRandom(9)
            let names = try ["controller.example.org", "192.0.2.1", "2001:db8::1"].map { try #require(ServerName($0)) }
            let chain = try authority.issueServer(
                names: names, key: CertificateKey(), lifetime: .seconds(3600), now: now, using: &generator)
            try chain.pem.write(toFile: "\(directory)/leaf.pem", atomically: true, encoding: .utf8)
            func verify(_ option: String, _ name: String) throws -> Int32 {
                try openssl(
                    "verify", "-x509_strict", "-attime", attime, "-purpose", "sslserver", option, name, "-CAfile",
                    "\(directory)/ca.pem", "\(directory)/leaf.pem"
                ).status
            }
            #expect(try verify("-verify_hostname", "controller.example.org") == 0)
            #expect(try verify("-verify_ip", "192.0.2.1") == 0)
            #expect(try verify("-verify_ip", "2001:db8::1") == 0)
            #expect(try verify("-verify_hostname", "other.example.org") != 0)
            let asClient = try openssl(
                "verify", "-attime", attime, "-purpose", "sslclient", "-CAfile", "\(directory)/ca.pem",
                "\(directory)/leaf.pem")
            #expect(asClient.status != 0)
        }
    }

    @Test(arguments: ["P-256", "P-384"])
    func requestsOfOpensslAreTaken(curve: String) throws {
        try withTemporaryDirectory { directory in
            let der = try request(directory, "ec", "ec_paramgen_curve:\(curve)")
            #expect(throws: Never.self) { try CertificateRequest(der: der) }
        }
    }

    @Test(arguments: [("ec", "ec_paramgen_curve:P-521"), ("rsa", "rsa_keygen_bits:2048")])
    func requestsForOtherKeysAreRefused(algorithm: String, option: String) throws {
        try withTemporaryDirectory { directory in
            let der = try request(directory, algorithm, option)
            #expect { try CertificateRequest(der: der) } throws: { ($0 as? CertificateError)?.code == .wrongKey }
        }
    }

    @Test(arguments: ["", ",URI:spiffe://example.org/tenant/acme/node/b", ",URI:https://example.org"])
    func aCertificateThatNamesTwoNamesNone(second: String) throws {
        try withTemporaryDirectory { directory in
            let names = "subjectAltName=URI:spiffe://example.org/tenant/acme/node/a" + second
            let made = try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
                "-addext", names, "-keyout", "\(directory)/key", "-outform", "DER", "-out", "\(directory)/crt")
            #expect(made.status == 0, "\(made.output)")
            let certificate = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/crt"))
            if second.isEmpty {
                #expect(try NodeIdentity(certificate: certificate).node == "a")
            } else {
                #expect { try NodeIdentity(certificate: certificate) } throws: {
                    ($0 as? CertificateError)?.code == .noIdentity
                }
            }
        }
    }

    @Test func opensslTakesOurRequest() throws {
        try withTemporaryDirectory { directory in
            let der = try CertificateRequest.make(node: "laptop", key: CertificateKey(.p384))
            try der.write(to: URL(fileURLWithPath: "\(directory)/csr"))
            let result = try openssl(
                "req", "-in", "\(directory)/csr", "-inform", "DER", "-verify", "-noout", "-subject")
            #expect(result.status == 0)
            #expect(result.output.contains("laptop"))
        }
    }

    @Test func anAuthorityMadeByOpensslIssues() throws {
        try withTemporaryDirectory { directory in
            let made = try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-days", "20000",
                "-subj",
                "/CN=Existing CA", "-keyout", "\(directory)/ca.key", "-out", "\(directory)/ca.pem", "-addext",
                "keyUsage=critical,keyCertSign")
            #expect(made.status == 0, "\(made.output)")
            let key = try KeyFile("\(directory)/ca.key").readCertificateKey()
            let chain = try CertificateChain(pem: try DurableFile.read("\(directory)/ca.pem"))
            let existing = try CertificateAuthority(certificate: chain.certificates[0], key: key)
            let request = try CertificateRequest(
                der: try CertificateRequest.make(node: "laptop", key: CertificateKey()))
            try issue(request, by: existing).write(
                toFile: "\(directory)/leaf.pem", atomically: true, encoding: .utf8)
            let result = try openssl(
                "verify", "-attime", attime, "-purpose", "sslclient", "-CAfile", "\(directory)/ca.pem",
                "\(directory)/leaf.pem")
            #expect(result.status == 0, "\(result.output)")
        }
    }

    private func issue(
        _ request: CertificateRequest, by other: CertificateAuthority? = nil, names: [String] = []
    ) throws -> String {
        var generator = SeededRandom(9)
        let identity = try #require(NodeIdentity(trustDomain: trustDomain, tenant: "acme", node: "laptop"))
        return try (other ?? authority).issueNode(
            identity, dnsNames: names, for: request, lifetime: .seconds(3600), now: now, using: &generator
        ).pem
    }

    private func writeAuthority(_ directory: String) throws {
        try CertificateChain([authority.certificate]).pem
            .write(toFile: "\(directory)/ca.pem", atomically: true, encoding: .utf8)
    }

    private func request(_ directory: String, _ algorithm: String, _ option: String) throws -> Data {
        let result = try openssl(
            "req", "-new", "-newkey", algorithm, "-pkeyopt", option, "-nodes", "-subj", "/CN=x", "-keyout",
            "\(directory)/key", "-outform", "DER", "-out", "\(directory)/csr")
        #expect(result.status == 0, "\(result.output)")
        return try Data(contentsOf: URL(fileURLWithPath: "\(directory)/csr"))
    }
}
