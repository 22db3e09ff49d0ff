import Addressing
import Agent
import Testing

@Suite struct EndpointChooserTests {
    private let peer = EndpointChooser.PeerID(interface: "cv-office", publicKey: [1])
    private let first = Endpoint(IPAddress(v4: 0xC000_0201), port: 51820)
    private let second = Endpoint(IPAddress(v4: 0xC000_0202), port: 51820)
    private let roamed = Endpoint(IPAddress(v4: 0xC633_6401), port: 4711)

    private func observed(_ endpoint: Endpoint?, handshake: Int64 = 0, sent: UInt64 = 0) -> EndpointChooser.Observation
    {
        EndpointChooser.Observation(endpoint: endpoint, lastHandshake: handshake, sentBytes: sent)
    }

    @Test func newPeerGetsTheFirstCandidate() {
        var chooser = EndpointChooser()
        #expect(chooser.choose(peer, observed(nil), candidates: [first, second], now: 1000) == first)
        #expect(chooser.choose(peer, observed(nil), candidates: [], now: 1000) == nil)
    }

    @Test func peerThatAnswersKeepsTheAddressItRoamedTo() {
        var chooser = EndpointChooser()
        let alive = observed(roamed, handshake: 900, sent: 10)
        #expect(chooser.choose(peer, alive, candidates: [first], now: 1000) == nil)
        #expect(chooser.choose(peer, alive, candidates: [first], now: 1080) == first)
    }

    @Test func silentPeerThatIsCalledGetsTheNextCandidateInTurn() {
        var chooser = EndpointChooser()
        let both = [first, second]
        #expect(chooser.choose(peer, observed(first, sent: 0), candidates: both, now: 1) == nil)
        #expect(chooser.choose(peer, observed(first, sent: 148), candidates: both, now: 6) == second)
        #expect(chooser.choose(peer, observed(second, sent: 296), candidates: both, now: 11) == first)
    }

    @Test func silentPeerThatIsNotCalledIsLeftAlone() {
        var chooser = EndpointChooser()
        for now in 1...5 {
            #expect(
                chooser.choose(peer, observed(first, sent: 148), candidates: [first, second], now: Int64(now)) == nil)
        }
    }

    @Test func forgottenPeerStartsAnew() {
        var chooser = EndpointChooser()
        _ = chooser.choose(peer, observed(first, sent: 0), candidates: [first, second], now: 1)
        chooser.retain([])
        #expect(chooser.choose(peer, observed(first, sent: 148), candidates: [first, second], now: 2) == nil)
    }
}

@Suite struct InterfaceNameTests {
    @Test func shortNameIsKept() {
        #expect(InterfaceName.make(prefix: "cv-", cvlan: "office") == "cv-office")
        #expect(InterfaceName.make(prefix: "cv-", cvlan: "twelve-chars") == "cv-twelve-chars")
    }

    @Test func longNamesAreCutAndStayDistinct() {
        let a = InterfaceName.make(prefix: "cv-", cvlan: "engineering-berlin")
        let b = InterfaceName.make(prefix: "cv-", cvlan: "engineering-boston")
        #expect(a.utf8.count == 15)
        #expect(b.utf8.count == 15)
        #expect(a != b)
        let many = Set((0..<1_000).map { InterfaceName.make(prefix: "cv-", cvlan: "engineering-\($0)") })
        #expect(many.count == 1_000)
        #expect(a.hasPrefix("cv-engi"))
    }
}
