import Addressing
import Agent
import Foundation
import Testing
import WireFormat

@Suite struct CandidateEndpointsTests {
    private let address = Endpoint(IPAddress(v4: 0xC000_0201), port: 51820)

    private func network(endpoint: String, isIPsec: Bool = false) -> DesiredState.Network {
        var peer = WirePeer()
        peer.publicKey = Data(repeating: 1, count: 32)
        peer.endpoints = [endpoint]
        peer.demandsIpsec = isIPsec
        var config = WireNetworkConfig()
        config.cvlan = "office"
        return DesiredState.Network(interface: "cv-office", config: config, peers: [peer], filter: WireFilter())
    }

    @Test func nameIsLookedUpBesideTheCallerWhoIsWoken() async {
        let (answers, answer) = AsyncStream<Endpoint>.makeStream()
        let changed = Wake()
        let candidates = CandidateEndpoints(changed: changed) { _, _ in
            for await found in answers { return [found] }
            return []
        }
        let networks = [network(endpoint: "gw.example.org:51820")]
        // The resolver has not answered and nobody waits for it.
        let before = await candidates.candidates(for: networks)
        #expect(before.isEmpty)
        answer.yield(address)
        let start = ContinuousClock.now
        await changed.wait(atMost: .seconds(3600))
        #expect(ContinuousClock.now - start < .seconds(1800))
        let after = await candidates.candidates(for: networks)
        #expect(Array(after.values) == [[address]])
    }

    @Test func addressNeedsNoResolver() async {
        let candidates = CandidateEndpoints(changed: Wake()) { _, _ in [] }
        let found = await candidates.candidates(for: [network(endpoint: "192.0.2.1:51820")])
        #expect(Array(found.values) == [[address]])
    }

    /// By IPsec a peer is at port 4500 of wherever it is, or at the port that others see through its NAT.
    @Test func ipsecIsFoundAtItsPortOrWhereOthersSawIt() async {
        let candidates = CandidateEndpoints(changed: Wake()) { _, _ in [] }
        var hints = [WireHint(), WireHint()]
        for index in hints.indices {
            hints[index].cvlan = "office"
            hints[index].publicKey = Data(repeating: 1, count: 32)
        }
        hints[0].endpoints = ["192.168.1.5:51820", "198.51.100.7:51820", "192.0.2.1:1"]
        hints[1].endpoints = ["198.51.100.7:61000"]
        hints[1].ipsec = true
        #expect(await candidates.take(hints))
        #expect(await !candidates.take(hints))
        let ipsec = await candidates.candidates(for: [network(endpoint: "192.0.2.1:51820", isIPsec: true)])
        #expect(
            ipsec.values.map { $0.map(\.description) } == [
                ["192.0.2.1:4500", "198.51.100.7:61000", "192.168.1.5:4500", "198.51.100.7:4500"]
            ])
        let wireGuard = await candidates.candidates(for: [network(endpoint: "192.0.2.1:51820")])
        #expect(
            wireGuard.values.map { $0.map(\.description) } == [
                ["192.0.2.1:51820", "192.168.1.5:51820", "198.51.100.7:51820", "192.0.2.1:1"]
            ])
    }
}
