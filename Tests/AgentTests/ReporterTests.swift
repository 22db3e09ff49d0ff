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
        let peers = Reporter.peers(state)
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
}
