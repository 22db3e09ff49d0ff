import Addressing
import IPsec
import TestRoguePeer
import Testing
import Tunneling

/// Extensions that a host does not have: the peer is told, or goes on as if it had not asked, and nothing is left behind.
@Suite struct PoliteRefusalTests {
    /// An IKE SA without a CHILD SA (RFC 6023), which the host has not announced.
    @Test func aChildlessPeerIsToldThatItsRequestIsIncomplete() throws {
        let encounter = try Encounter(hostBegins: false)
        let whole = try #require(encounter.peer.authentication(to: nil))
        encounter.ask(.ikeAuth, Array(whole.prefix(2)))
        #expect(encounter.answers.last?.notify(.invalidSyntax) != nil)
        #expect(encounter.answers.last?.authentication == nil)
        #expect(encounter.peers.isEmpty && encounter.children.isEmpty)
    }

    /// Who offers to be sent elsewhere (RFC 5685) is served here.
    @Test func aPeerThatCouldBeRedirectedIsServed() throws {
        let encounter = try Encounter(hostBegins: false)
        let whole = try #require(encounter.peer.authentication(to: nil))
        encounter.ask(.ikeAuth, whole + [.notify(Notify(.redirectSupported))])
        #expect(encounter.children.count == 1)
    }

    /// Nobody sends the host elsewhere: neither instead of an answer to IKE_SA_INIT nor once there is an SA.
    @Test func theHostGoesNowhereElse() throws {
        let elsewhere = Payload.notify(Notify(.redirect, data: [1, 4, 192, 0, 2, 99]))
        let encounter = try Encounter(hostBegins: true)
        try encounter.authenticate()
        encounter.ask(.informational, [elsewhere])
        #expect(encounter.answers.count == 1)
        encounter.wait(.seconds(1))
        #expect(encounter.peers.map(\.path.remote.address) == [Encounter.address])
        #expect(encounter.paths.isEmpty && encounter.children.count == 1)

        let host = Encounter.host()
        host.put(Encounter.connection(hostBegins: true), now: encounter.now)
        let request = try #require(host.takeOutbox().first)
        let header = try IKEMessage.decode(request.bytes).header
        host.receive(RoguePeer.answer(to: header, [elsewhere]), on: Encounter.path, now: encounter.now)
        #expect(host.takeOutbox().allSatisfy { $0.path.remote.address == Encounter.address })
        var isAskedAgain = false
        while let next = host.nextDeadline, next < encounter.now + .seconds(10) {
            host.advance(to: next)
            for datagram in host.takeOutbox() {
                #expect(datagram.path.remote.address == Encounter.address)
                isAskedAgain = true
            }
        }
        #expect(isAskedAgain)
    }
}
