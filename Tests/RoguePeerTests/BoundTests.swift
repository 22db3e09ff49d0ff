import Addressing
import IPsec
import OpenSSL
import TestRoguePeer
import Testing
import Tunneling

/// What a peer can make a host keep and do is bounded.
@Suite struct BoundTests {
    private static let now = Instant(nanoseconds: 1_000_000_000_000)

    @Test func aWholeOfFragmentsHas64KBAtMost() throws {
        let pieceCount = 20_004
        for (count, isTaken) in [(3, true), (4, false)] {
            let encounter = try Encounter(hostBegins: false)
            try encounter.authenticate()
            let answers = encounter.answers.count
            let whole = PayloadChain.encode(
                (0..<count).map { _ in .vendorID([UInt8](repeating: 1, count: pieceCount - 4)) })
            for number in 1...count {
                let part = Array(whole.bytes[(number - 1) * pieceCount..<number * pieceCount])
                encounter.send(
                    encounter.peer.sealFragment(
                        .informational, UInt16(number), of: UInt16(count), whole.first, part))
            }
            #expect((encounter.answers.count > answers) == isTaken)
        }
    }

    @Test func aPeerHasSoManyChildrenAndNoMore() throws {
        var settings = HostSettings()
        settings.maximumChildren = 3
        let encounter = try Encounter(hostBegins: false, settings: settings)
        try encounter.authenticate()
        for _ in 0..<3 { encounter.ask(.createChildSA, encounter.peer.child(inPlaceOf: nil)) }
        #expect(encounter.children.count == 3)
        #expect(encounter.answers.last?.error?.type == .noAdditionalSAs)
    }

    @Test func halfOpenSAsAreSoManyAndNoMore() {
        var settings = HostSettings()
        settings.maximumHalfOpen = 5
        let host = Encounter.host(settings)
        host.put(Encounter.connection(hostBegins: false), now: Self.now)
        let keyExchange = KeyExchange(.curve25519)
        for number in 1...20 as ClosedRange<UInt32> {
            let path = Encounter.path(IPAddress(v4: 0x0A00_0000 + number), port: 4500)
            host.receive(RoguePeer.request(keyExchange, spi: UInt64(number)), on: path, now: Self.now)
        }
        #expect(host.halfOpenCount == 5)
    }

    @Test func aHostDoesNotBeginAnewWithoutEnd() throws {
        let host = Encounter.host()
        host.put(Encounter.connection(hostBegins: true), now: Self.now)
        var requests = 0
        for number in 0..<50 as Range<UInt8> {
            guard let request = host.takeOutbox().first else { break }
            requests += 1
            let header = try IKEMessage.decode(request.bytes).header
            let cookie = Notify(.cookie, data: [UInt8](repeating: number, count: 8))
            host.receive(RoguePeer.answer(to: header, [.notify(cookie)]), on: Encounter.path, now: Self.now)
        }
        #expect((2...10).contains(requests))
    }

    /// Each secret that is tried costs a little: somebody with many connections does not try them all.
    @Test func aPeerMakesAHostTryAFewConnections() throws {
        for (others, isTaken) in [(3, true), (4, false)] {
            let encounter = try Encounter(hostBegins: false)
            // Before the one that knows the secret, by name.
            for number in 0..<others {
                let wrong = SecretBytes(copying: Array("wrong \(number)".utf8))
                let known = Encounter.connection(hostBegins: false)
                let connection = Connection(
                    id: ConnectionID(interface: 1, name: "a\(number)"), local: .sharedKey(wrong),
                    localIdentity: known.localIdentity, remote: .sharedKey(wrong),
                    remoteIdentities: known.remoteIdentities, localSelectors: known.localSelectors,
                    remoteSelectors: known.remoteSelectors)
                encounter.host.put(connection, now: encounter.now)
            }
            try encounter.authenticate()
            #expect(encounter.children.isEmpty == !isTaken)
        }
    }

    /// Up to 255 they are IANA's, and 1 to 4 before three zeros is the beginning of a WireGuard message.
    @Test func inboundSPIsAreNoneThatMeanSomethingElse() throws {
        let spis: [[UInt8]] = [[0, 0, 0, 0], [0x10, 0, 0, 0], [0xFF, 0, 0, 0], [0, 0, 0, 4], [4, 3, 2, 1]]
        let encounter = try Encounter(hostBegins: false, spis: spis)
        try encounter.authenticate()
        #expect(encounter.children.map(\.inboundSPI) == [0x0102_0304])
    }
}
