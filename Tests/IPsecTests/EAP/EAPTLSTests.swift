import IPsec
import OpenSSL
import TestCertificates
import TestRandom
import Testing
import Tunneling

@Suite struct EAPTLSTests {
    static func exchange(_ server: EAPMethod, _ client: EAPClient.Method) throws -> EAPExchange {
        try EAPExchange(
            EAPAuthenticator(EAPSettings([server]), EAPFixture.environment),
            EAPClient(identity: "gate", client, EAPFixture.environment))
    }

    @Test(arguments: [TLSHandshake.Version.tls12, .tls13], [TLSHandshake.Version.tls12, .tls13])
    func rightCertificateIsLetIn(_ server: TLSHandshake.Version, _ client: TLSHandshake.Version) throws {
        for (certificate, key) in [
            (Certificates.gate, Certificates.gateKey), (Certificates.core, Certificates.coreKey),
            (Certificates.router, Certificates.routerKey),
        ] {
            var exchange = try Self.exchange(
                try EAPFixture.server(newest: server), try EAPFixture.client(certificate, key, newest: client))
            let (ours, theirs) = exchange.run()
            let result = try #require(ours.result)
            guard case .certificate(let shown) = result.peer, case .certificate(let own) = theirs.result?.peer else {
                Issue.record("no certificates")
                return
            }
            #expect(try shown == EAPFixture.certified(certificate, key).certificate)
            #expect(own.subject.description == "C=CH, O=Acme, CN=router")
            #expect(result.key.count == 64)
            #expect(theirs.result?.key == result.key)
            #expect(exchange.messages.allSatisfy { $0.data.count <= 1_005 })
            #expect(exchange.messages.contains { $0.data.count > 1_000 })
        }
    }

    @Test func keysOfTwoExchangesDiffer() throws {
        let keys = try (0..<2).map { _ in
            var exchange = try Self.exchange(try EAPFixture.server(), try EAPFixture.client())
            return try #require(exchange.run().server.result).key
        }
        #expect(keys[0] != keys[1])
    }

    @Test(
        arguments: [TLSHandshake.Version.tls12, .tls13],
        [
            (Certificates.expired, CertificateRefusal.expired), (Certificates.early, .notYetValid),
            (Certificates.codeSigning, .wrongUsage), (Certificates.ofNoAuthority, .unknownIssuer),
        ])
    func certificateThatIsNotBelievedIsTold(
        _ version: TLSHandshake.Version, _ wrong: (certificate: String, refusal: CertificateRefusal)
    ) throws {
        var exchange = try Self.exchange(
            try EAPFixture.server(newest: version),
            try EAPFixture.client(wrong.certificate, Certificates.gateKey, newest: version))
        let (server, client) = exchange.run()
        #expect(server.refusal == .tls(.certificate(wrong.refusal)))
        #expect(client.refusal != nil)
        #expect(exchange.messages.last?.code == .failure)
    }

    @Test(arguments: [TLSHandshake.Version.tls12, .tls13])
    func somebodyElseIsRefused(_ version: TLSHandshake.Version) throws {
        var exchange = try Self.exchange(
            try EAPFixture.server(expected: [.host("core.acme.example")], newest: version),
            try EAPFixture.client(newest: version))
        let (server, client) = exchange.run()
        #expect(server.refusal == .peer(.identity))
        #expect(client.result == nil)
    }

    @Test func revokedCertificateIsRefused() throws {
        let list = try #require(PEM.blocks(named: "X509 CRL", in: Array(Certificates.revokingGate.utf8)).first)
        var exchange = try Self.exchange(
            try EAPFixture.server(revocationLists: [RevocationList(der: list)]), try EAPFixture.client())
        #expect(exchange.run().server.refusal == .peer(.certificate(.revoked)))
    }

    @Test func clientOfAnotherAuthorityIsRefused() throws {
        var exchange = try Self.exchange(
            try EAPFixture.server(anchors: Certificates.stranger), try EAPFixture.client())
        #expect(exchange.run().server.refusal == .tls(.certificate(.unknownIssuer)))
    }

    @Test func serverThatIsNotBelievedIsRefused() throws {
        for (anchors, expected) in [
            (Certificates.stranger, IdentityPattern.any), (Certificates.root, .host("core.acme.example")),
        ] {
            var exchange = try Self.exchange(
                try EAPFixture.server(), try EAPFixture.client(anchors: anchors, expected: [expected]))
            let (server, client) = exchange.run()
            #expect(server.result == nil)
            #expect(client.result == nil && client.refusal != nil)
        }
    }

    @Test(arguments: [TLSHandshake.Version.tls12, .tls13])
    func successThatCameTooEarlyIsRefused(_ version: TLSHandshake.Version) throws {
        var whole = try Self.exchange(try EAPFixture.server(newest: version), try EAPFixture.client(newest: version))
        #expect(whole.run().client.result != nil)
        for early in stride(from: 2, to: whole.messages.count - 1, by: 2) {
            var exchange = try Self.exchange(
                try EAPFixture.server(newest: version), try EAPFixture.client(newest: version))
            exchange.change = { index, message in
                index == early ? EAPMessage(.success, identifier: message.identifier) : message
            }
            #expect(exchange.run().client.refusal == .unexpectedMessage)
        }
    }

    @Test func otherMethodIsGivenToWhoWantsIt() throws {
        let password = EAPMethod.mschapv2(users: ["gate": EAPFixture.text("secret")])
        for methods in [[password, try EAPFixture.server()], [try EAPFixture.server(), password]] {
            var wantsTLS = try EAPExchange(
                EAPAuthenticator(EAPSettings(methods), EAPFixture.environment),
                EAPClient(identity: "gate", try EAPFixture.client(), EAPFixture.environment))
            #expect(wantsTLS.run().server.result != nil)
            var wantsPassword = try EAPExchange(
                EAPAuthenticator(EAPSettings(methods), EAPFixture.environment),
                EAPClient(
                    identity: "gate", .mschapv2(user: "gate", password: EAPFixture.text("secret")),
                    EAPFixture.environment))
            #expect(wantsPassword.run().server.result != nil)
        }
        var exchange = try EAPExchange(
            EAPAuthenticator(EAPSettings([password]), EAPFixture.environment),
            EAPClient(identity: "gate", try EAPFixture.client(), EAPFixture.environment))
        #expect(exchange.run().server.refusal == .noCommonMethod([13]))
    }

    @Test func endlessMessagesAreRefused() throws {
        // Fragment after fragment, none of them the last.
        var authenticator = EAPAuthenticator(EAPSettings([try EAPFixture.server()]), EAPFixture.environment)
        var request = authenticator.begin()
        var sent = 0
        var data: [UInt8] = Array("gate".utf8)
        while sent < 1_000 {
            let method: UInt8 = sent == 0 ? 1 : 13
            let step = authenticator.receive(
                EAPMessage(.response, identifier: request.identifier, method: method, data: data))
            guard case .send(let next) = step else {
                #expect((step as EAPStep?).refusal == .tooLong)
                break
            }
            request = next
            data = [0x40] + [UInt8](repeating: 0, count: 1_000)
            sent += 1
        }
        #expect(sent < 70)
    }

    /// Nothing that either end sends can trap the other, and nobody gets in by it.
    @Test func anythingIsSurvived() throws {
        var random = SeededRandom(5)
        for _ in 0..<150 {
            let (at, position) = (Int.random(in: 2...11, using: &random), Int.random(in: 0..<1_000, using: &random))
            let kind = Int.random(in: 0..<4, using: &random)
            let junk = random.bytes(Int.random(in: 0..<40, using: &random))
            var exchange = try Self.exchange(try EAPFixture.server(), try EAPFixture.client())
            var isChanged = false
            exchange.change = { index, message in
                guard index == at, !message.data.isEmpty, message.code == .request || message.code == .response else {
                    return message
                }
                var message = message
                switch kind {
                case 0: message.data = junk
                case 1: message.data = Array(message.data.prefix(position))
                case 2: message.data += junk
                default: message.data[position % message.data.count] ^= 0x81
                }
                isChanged = true
                return message
            }
            let (server, client) = exchange.run()
            #expect(server != nil || client != nil)
            if let key = server.result?.key, let other = client.result?.key { #expect(key == other || !isChanged) }
        }
    }
}
