import Agent
import Foundation
import Testing
import WireFormat

@Suite struct ReporterTests {
    @Test func reportStaysSmallAndCarriesThePeersHeardFromLast() throws {
        var state = WireDataPathState()
        state.interfaces = (0..<4).map { index in
            var interface = WireInterfaceState()
            interface.spec.name = "cv-\(index)"
            interface.peers = (0..<2_000).map { handshake in
                var peer = WirePeerState()
                peer.spec.publicKey = Data(repeating: UInt8(index), count: 32)
                peer.spec.endpoint = "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
                peer.lastHandshake = Int64(1_800_000_000 + handshake)
                (peer.receivedBytes, peer.sentBytes) = (.max, .max)
                return peer
            }
            return interface
        }
        let peers = Reporter.peers(state, now: 0)
        #expect(peers.values.map(\.count) == [1_000, 1_000, 1_000, 1_000])
        #expect(peers.values.joined().allSatisfy { $0.lastHandshake >= 1_800_001_000 })
        var report = WireReport()
        report.networks = peers.map { name, peers in
            var network = WireNetworkReport()
            network.peers = peers
            return network
        }
        #expect(try report.serializedData().count < 700_000)
    }

    @Test func peersByIPsecAreReportedByTheirKeysAndNewestSA() throws {
        var peers = [WirePeer(), WirePeer(), WirePeer()]
        for (index, name) in ["laptop", "gone", "plain"].enumerated() {
            peers[index].node = name
            peers[index].publicKey = Data(repeating: UInt8(index + 1), count: 32)
            peers[index].demandsIpsec = name != "plain"
        }
        var config = WireNetworkConfig()
        config.cvlan = "office"
        let network = DesiredState.Network(interface: "cv-office", config: config, peers: peers, filter: WireFilter())
        var interface = WireInterfaceState()
        interface.spec.name = "cv-office"
        interface.ipsecPeers = ["laptop", "gone", "router", "plain"].map { name in
            var peer = WireIPsecPeerState()
            peer.spec.name = name
            (peer.receivedBytes, peer.sentBytes) = (5, 6)
            return peer
        }
        let ages: [(UInt64, UInt64)] = [(100, 30), (70, 70)]
        interface.ipsecPeers[0].ikeSas = ages.map { age, childAge in
            var sa = WireIKESAState()
            (sa.ageSeconds, sa.remoteEndpoint) = (age, "198.51.100.7:\(age)")
            sa.children = [WireChildSAState()]
            sa.children[0].ageSeconds = childAge
            return sa
        }
        var state = WireDataPathState()
        state.interfaces = [interface]
        let reports = try #require(Reporter.peers(state, of: [network], now: 1_000)["cv-office"])
        // Neither the device that no controller knows by a key, nor what is no peer by IPsec.
        #expect(reports.map(\.publicKey) == peers[..<2].map(\.publicKey))
        #expect(reports.map(\.endpoint) == ["198.51.100.7:100", ""])
        #expect(reports.map(\.lastHandshake) == [970, 0])
        #expect(reports.allSatisfy { $0.ipsec && $0.receivedBytes == 5 && $0.sentBytes == 6 })
    }
}
