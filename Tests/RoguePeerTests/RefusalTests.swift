import Addressing
import IPsec
import OpenSSL
import TestCertificates
import TestRoguePeer
import Testing
import Tunneling

/// What a peer that has the keys may not do for that.
@Suite struct RefusalTests {
    private static let narrow = IPPrefix("10.1.0.0/16").map { [TrafficSelector($0)] } ?? []

    @Test(arguments: [true, false]) func whoProvesItsIdentityGetsASA(hostBegins: Bool) throws {
        let encounter = try Encounter(hostBegins: hostBegins)
        try encounter.authenticate()
        #expect(encounter.children.count == 1)
        #expect(encounter.peers.map(\.identity) == [RoguePeer.identity])
    }

    /// It has the secret, and is not the one that is called.
    @Test(arguments: [true, false]) func anotherIdentityIsRefused(hostBegins: Bool) throws {
        let encounter = try Encounter(hostBegins: hostBegins) {
            $0.remoteIdentities = [.identity(.fqdn("gate.example"))]
        }
        try encounter.authenticate()
        #expect(encounter.children.isEmpty && encounter.peers.isEmpty)
        if hostBegins { #expect(encounter.lastFailure == .authentication(.identity)) }
    }

    @Test func anAnswerDoesNotWidenTheSelectors() throws {
        for (selectors, count) in [([TrafficSelector.everything(.v4)], 0), (Self.narrow, 1)] {
            let encounter = try Encounter(hostBegins: true) {
                $0.localSelectors = Self.narrow
                $0.remoteSelectors = Self.narrow
            }
            try encounter.authenticate(selectors: selectors)
            #expect(encounter.children.count == count)
        }
    }

    @Test func requestsThatSkipSomeGetNoAnswer() throws {
        let encounter = try Encounter(hostBegins: false)
        try encounter.authenticate()
        let (answers, next) = (encounter.answers.count, encounter.peer.nextID)
        for skipped in [1, 2, 100] as [UInt32] {
            encounter.peer.nextID = next + skipped
            encounter.ask(.informational, [])
            #expect(encounter.answers.count == answers)
        }
        encounter.peer.nextID = next
        encounter.ask(.informational, [])
        #expect(encounter.answers.count == answers + 1)
    }

    @Test func answersToNothingAreNotTaken() throws {
        let encounter = try Encounter(hostBegins: true)
        try encounter.authenticate()
        let header = try #require(encounter.question).header
        // None is under way, and those of other requests are none of this one's.
        encounter.host.rekey(Encounter.id, .children, now: encounter.now)
        encounter.wait(.milliseconds(10))
        #expect(encounter.question?.header.messageID == header.messageID + 1)
        let refusal = encounter.peer.seal(
            .createChildSA, answering: header.messageID + 2, [.notify(Notify(.noAdditionalSAs))])
        let questions = encounter.questions
        encounter.send(refusal)
        encounter.wait(.seconds(2))
        // It still waits for the answer, and so asks again.
        #expect(encounter.questions > questions)
        #expect(encounter.lastFailure == nil)
    }

    // MARK: IKE_SA_INIT

    @Test func aGroupThatTheProfileDoesNotHaveIsNotTaken() throws {
        let settings = HostSettings()
        let host = Encounter.host(settings)
        let now = Instant(nanoseconds: 1_000_000_000_000)
        host.put(Encounter.connection(hostBegins: true), now: now)
        let sent = try #require(host.takeOutbox().first)
        let request = try IKEMessage.decode(sent.bytes)
        let answer = RoguePeer.answer(to: request.header, [.notify(.invalidKEPayload(wanting: .modp2048))])
        host.receive(answer, on: Encounter.path, now: now)
        #expect(host.takeOutbox().isEmpty)
        // A better answer may still come; then nobody takes what was offered.
        host.advance(to: now + settings.graceAfterRefusal)
        #expect(host.snapshot().first?.lastFailure?.failure == .offerRefused)
    }

    @Test func cookiesAreOfOneAddress() throws {
        var settings = HostSettings()
        settings.cookieThreshold = 0
        let host = Encounter.host(settings)
        let now = Instant(nanoseconds: 1_000_000_000_000)
        host.put(Encounter.connection(hostBegins: false), now: now)
        let keyExchange = KeyExchange(.curve25519)
        func ask(_ cookie: [UInt8]?, on path: IKEPath) throws -> MessageContent {
            host.receive(RoguePeer.request(keyExchange, cookie: cookie), on: path, now: now)
            let answer = try #require(host.takeOutbox().first)
            return try MessageContent(try IKEMessage.decode(answer.bytes).payloads)
        }
        let first = try ask(nil, on: Encounter.path)
        let cookie = try #require(first.notify(.cookie)).data
        var changed = cookie
        changed[cookie.count - 1] ^= 1
        for (cookie, path) in [
            (changed, Encounter.path), ([cookie[0]], Encounter.path),
            (cookie, Encounter.path(port: 1025)), (cookie, Encounter.path(IPAddress(v4: 1), port: 4500)),
        ] {
            let answer = try ask(cookie, on: path)
            #expect(answer.notify(.cookie) != nil && answer.proposals == nil)
        }
        #expect(host.halfOpenCount == 0)
        #expect(try ask(cookie, on: Encounter.path).proposals != nil)
        #expect(host.halfOpenCount == 1)
    }

    // MARK: Addresses

    /// Who is behind no NAT says by MOBIKE that it has moved (RFC 7296 §2.23).
    @Test(arguments: [true, false]) func onlyWhoIsBehindANATIsFollowed(isBehindNAT: Bool) throws {
        var hashed: [UInt8] = []
        for spi in [RoguePeer.spi, 0] { withUnsafeBytes(of: spi.bigEndian) { hashed += $0 } }
        hashed += Encounter.address.bytes + [0x11, 0x94]
        let encounter = try Encounter(
            hostBegins: false, source: isBehindNAT ? nil : DigestAlgorithm.sha1.digest(hashed))
        try encounter.authenticate()
        let elsewhere = Encounter.path(port: 1025)
        encounter.ask(.informational, [], on: elsewhere)
        #expect(encounter.paths == (isBehindNAT ? [elsewhere] : []))
    }

    @Test func whoseAddressATranslationHidesIsKeptOpen() throws {
        // What the peer says of the host's address is wrong: there is a NAT before the host.
        let encounter = try Encounter(hostBegins: false)
        try encounter.authenticate()
        encounter.wait(.seconds(61))
        #expect(encounter.keepalives >= 2)
    }

    /// Only the initiator of the IKE SA may move it (RFC 4555 §3.5).
    @Test func aResponderDoesNotMoveTheSAs() throws {
        let encounter = try Encounter(hostBegins: true)
        try encounter.authenticate()
        let before = encounter.peers.map(\.path)
        encounter.ask(
            .informational,
            [
                .notify(Notify(.updateSAAddresses)),
                .notify(Notify(.natDetectionSourceIP, data: [UInt8](repeating: 1, count: 20))),
                .notify(Notify(.natDetectionDestinationIP, data: [UInt8](repeating: 1, count: 20))),
            ])
        #expect(encounter.answers.last?.notify(.natDetectionSourceIP) == nil)
        #expect(encounter.peers.map(\.path) == before)
    }

    /// Who answers without the cookie has not seen the request (RFC 4555 §3.5).
    @Test(arguments: [true, false]) func anAnswerToNewAddressesBringsItsCookie(isGenuine: Bool) throws {
        let encounter = try Encounter(hostBegins: true)
        try encounter.authenticate()
        encounter.host.addressesChanged(now: encounter.now)
        encounter.wait(.milliseconds(10))
        let cookie = try #require(encounter.question?.content.notify(.cookie2)).data
        let other = cookie.map { ~$0 }
        try encounter.answer([.notify(Notify(.cookie2, data: isGenuine ? cookie : other))])
        #expect(encounter.peers.isEmpty == !isGenuine)
    }

    // MARK: Keys

    /// A signature that verifies is not enough: the profile may want a stronger key.
    @Test func keysWeakerThanTheProfileAreRefused() throws {
        let octets = AuthOctets(
            prf: .hmacSHA384, message: [1], nonce: [2], key: RoguePeer.secret,
            identification: RoguePeer.identity.identification)
        let key = try SigningKey(SecretBytes(copying: Array(Certificates.gateKey.utf8)))
        let proof = try SignatureAuth.sign(octets, by: key, SignaturePolicy(.modern), peerHashes: [.sha384])
        try SignatureAuth.verify(proof, of: octets, by: key.publicKey, SignaturePolicy(.modern))
        #expect(throws: AuthRefusal.key(key.kind)) {
            try SignatureAuth.verify(proof, of: octets, by: key.publicKey, SignaturePolicy(.cnsa))
        }
    }
}
