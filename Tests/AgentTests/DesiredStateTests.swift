import Addressing
import Agent
import DiffSync
import Foundation
import Sodium
import Testing
import Trust
import WireFormat

@Suite struct DesiredStateTests {
    private let key = X25519.PrivateKey()

    private func prefix(_ text: String) throws -> WirePrefix {
        WirePrefix(try #require(IPPrefix(text)))
    }

    private func peer(_ name: String, _ key: X25519.PublicKey, _ allowed: [String], routes: [String] = []) throws
        -> WirePeer
    {
        var peer = WirePeer()
        peer.node = name
        peer.publicKey = Data(key.bytes)
        peer.allowedIps = try allowed.map(prefix)
        peer.routes = try routes.map(prefix)
        return peer
    }

    private func desired(
        role: WireNodeRole = .client, advertised: [String] = [], cvlans: [String] = ["office"]
    ) throws -> DesiredState {
        var network = WireNetworkConfig()
        network.cvlan = "office"
        network.cidrs = [try prefix("10.100.0.0/24"), try prefix("fd64:100::/64")]
        network.addresses = [try prefix("10.100.0.10/24"), try prefix("fd64:100::10/64")]
        network.mtu = 1420
        network.keepaliveSeconds = 25
        network.advertisedRoutes = try advertised.map(prefix)
        var config = WireNodeConfig()
        config.tenant = "acme"
        config.node = "laptop-1"
        config.generation = 1
        config.role = role
        let other = X25519.PrivateKey().publicKey
        let peers = [
            try peer("laptop-1", key.publicKey, ["10.100.0.10/32"]),
            try peer("gw-1", other, ["10.100.0.1/32", "10.1.0.0/24"], routes: ["10.1.0.0/24"]),
        ]
        let verified = try verify(config, network, peers, cvlans: cvlans, key: key.publicKey)
        return DesiredState(verified, publicKey: key.publicKey, interfacePrefix: "cv-")
    }

    private func names(_ records: RecordSet<DataPathRecord>, _ kind: DataPathRecord.Kind) -> [String] {
        records.records.filter { $0.kind == kind }.map(\.key.item)
    }

    @Test func nodeIsNotItsOwnPeer() throws {
        let records = try desired().records(listenPorts: [:]) { _, _ in nil }
        #expect(names(records, .peer).count == 1)
        #expect(!names(records, .peer).contains(key.publicKey.base64))
    }

    @Test func routesAreTheNetworkAndWhatGatewaysOffer() throws {
        let records = try desired().records(listenPorts: [:]) { _, _ in nil }
        #expect(names(records, .route) == ["10.1.0.0/24", "10.100.0.0/24", "fd64:100::/64"])
    }

    @Test func ownRouteIsNotSentIntoTheTunnel() throws {
        let records = try desired(role: .gateway, advertised: ["10.1.0.0/24"]).records(listenPorts: [:]) { _, _ in nil }
        #expect(names(records, .route) == ["10.100.0.0/24", "fd64:100::/64"])
    }

    @Test func interfaceComesBeforeFilterBeforePeers() throws {
        let wanted = try desired().records(listenPorts: [:]) { _, _ in nil }
        let order = diff(from: RecordSet(), to: wanted).operations.map(\.record.kind)
        #expect(order.first == .interface)
        let filter = try #require(order.firstIndex(of: .filter))
        let firstPeer = try #require(order.firstIndex(of: .peer))
        #expect(filter < firstPeer)
    }

    @Test func nodeStandsForItsAddressesAndItsRoutes() throws {
        let state = try desired(role: .gateway, advertised: ["10.1.0.0/24"])
        let records = try state.records(listenPorts: [:]) { _, _ in nil }
        let interface = try #require(records.records.first)
        #expect(
            interface.fields.first { $0.name == "local" }
                == Field("local", list: ["10.1.0.0/24", "10.100.0.10/32", "fd64:100::10/128"]))
    }

    @Test func interfaceThatIsDownOrStandsForLessIsRepaired() throws {
        let wanted = try desired().records(listenPorts: [:]) { _, _ in nil }
        var state = WireDataPathState()
        var interface = WireInterfaceState()
        interface.spec.name = "cv-office"
        interface.spec.domain = "acme/office"
        interface.spec.mtu = 1420
        interface.spec.local = [try prefix("10.100.0.10/32")]
        interface.publicKey = Data(key.publicKey.bytes)
        state.interfaces = [interface]
        let plan = try diff(from: DataPathRecord.observed(state), to: wanted)
        guard case .update(_, _, let fields)? = plan.operations.first(where: { $0.record.kind == .interface })?.change
        else {
            Issue.record("the interface is not updated: \(plan)")
            return
        }
        #expect(fields.map(\.name) == ["local", "up"])
    }

    @Test func interfaceOfAnotherDomainMakesRoom() throws {
        var state = WireDataPathState()
        state.interfaces = [("cv-office", "globex/office"), ("cv-other", "globex/other")].map { name, domain in
            var interface = WireInterfaceState()
            interface.spec.name = name
            interface.spec.domain = domain
            return interface
        }
        #expect(try desired().misplaced(in: state).map(\.name) == ["cv-office"])
        state.interfaces[0].spec.domain = "acme/office"
        #expect(try desired().misplaced(in: state).isEmpty)
    }

    @Test func networkWhoseInterfaceNameIsTakenIsLeftOutAndReported() throws {
        let long = "engineering-berlin"
        let taken = String(InterfaceName.make(prefix: "cv-", cvlan: long).dropFirst(3))
        let state = try desired(cvlans: [long, taken, "office"])
        #expect(state.networks.map(\.config.cvlan) == [long, "office"])
        #expect(state.problems.count == 1)
        #expect(state.problems.first?.contains("network \(taken)") == true)
        #expect(try !state.records(listenPorts: [:]) { _, _ in nil }.records.isEmpty)
    }

    @Test func equalStateNeedsNothing() throws {
        let state = try desired()
        let wanted = try state.records(listenPorts: ["cv-office": 4711]) { _, _ in nil }
        let again = try state.records(listenPorts: [:]) { _, _ in nil }
        #expect(diff(from: wanted, to: again).isEmpty)
    }
}
