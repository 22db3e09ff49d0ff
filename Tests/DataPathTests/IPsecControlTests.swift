import Addressing
import DataPath
import Foundation
import PacketIO
import Testing
import WireFormat

/// Whole engines over loopback that make their SAs by IKE, as agents tell them.
@Suite struct IPsecControlTests {
    private static func peer(
        _ name: String = "other", _ allowedIPs: String = "10.0.0.2/32",
        _ change: (inout WireIPsecPeerSpec) -> Void = { _ in }
    ) throws -> WireOperation.OneOf_Op {
        var spec = WireIPsecPeerSpec()
        spec.interface = "test"
        spec.name = name
        spec.allowedIps = [WirePrefix(try #require(IPPrefix(allowedIPs)))]
        spec.start = .answer
        spec.localIdentity = "a.example"
        spec.remoteIdentities = ["b.example"]
        spec.presharedKey = Data("a secret".utf8)
        change(&spec)
        return .putIpsecPeer(spec)
    }

    private static var deletion: WireOperation.OneOf_Op {
        var name = WireIPsecPeerName()
        (name.interface, name.name) = ("test", "other")
        return .deleteIpsecPeer(name)
    }

    private static func pair(start: WireIPsecStart) throws -> (a: ControlledEngine, b: ControlledEngine) {
        let (a, b) = (try ControlledEngine(), try ControlledEngine())
        #expect(
            try b.apply(
                peer("other", "10.0.0.1/32") {
                    $0.localIdentity = "b.example"
                    $0.remoteIdentities = ["a.example"]
                }) == [""])
        #expect(
            try a.apply(
                peer {
                    $0.start = start
                    $0.endpoints = ["127.0.0.1:\(b.ports.encapsulated)"]
                }) == [""])
        return (a, b)
    }

    @Test func enginesMakeATunnelAndTellOfIt() throws {
        let (a, b) = try Self.pair(start: .atOnce)
        try waitUntil { try a.state().ipsecPeers.first?.ikeSas.first?.children.isEmpty == false }
        let request = datagram("10.0.0.1", "10.0.0.2", "request")
        let reply = datagram("10.0.0.2", "10.0.0.1", "reply")
        a.send(request)
        #expect(b.receive() == request)
        b.send(reply)
        #expect(a.receive() == reply)
        // A packet is counted after it is handed on.
        try waitUntil { try a.state().ipsecPeers.first?.ikeSas.first?.children.first?.receivedPackets == 1 }
        let state = try #require(try a.state().ipsecPeers.first)
        let sa = try #require(state.ikeSas.first)
        let child = try #require(sa.children.first)
        #expect(state.spec.name == "other" && state.spec.presharedKey.isEmpty && state.lastFailure.isEmpty)
        #expect(sa.remoteIdentity == "b.example" && sa.localIdentity == "a.example" && sa.initiator)
        #expect(sa.remoteEndpoint == "127.0.0.1:\(b.ports.encapsulated)")
        #expect(child.remoteSelectors == ["10.0.0.2/32"] && child.localSelectors == ["10.0.0.1/32"])
        #expect(child.sentPackets == 1 && child.receivedPackets == 1 && child.sending)
        #expect(child.sentBytes == request.count && child.receivedBytes == reply.count)
        let others = try #require(try b.state().ipsecPeers.first?.ikeSas.first?.children.first)
        #expect(others.inboundSpi == child.outboundSpi && others.outboundSpi == child.inboundSpi)
        #expect(try a.apply(Self.deletion) == [""])
        #expect(try a.state().ipsecPeers.isEmpty)
        #expect(try a.apply(Self.deletion) == ["there is no such peer"])
    }

    @Test func packetsBeginAConnectionThatWaitsForThem() throws {
        let (a, b) = try Self.pair(start: .onDemand)
        #expect(try a.state().ipsecPeers.first?.connecting == false)
        let packet = datagram("10.0.0.1", "10.0.0.2", "knock")
        a.send(packet)
        // It waits meanwhile.
        #expect(b.receive() == packet)
        #expect(try a.state().ipsecPeers.first?.ikeSas.first?.children.first?.sentPackets == 1)
    }

    /// Bytes of peers are counted over all their SAs.
    @Test func totalsOutliveSAs() throws {
        let (a, b) = try Self.pair(start: .onDemand)
        let packet = datagram("10.0.0.1", "10.0.0.2", "counted")
        a.send(packet)
        #expect(b.receive() == packet)
        #expect(try a.state().ipsecPeers.first?.sentBytes == UInt64(packet.count))
        // The other end forgets it all, and tells so.
        #expect(try b.apply(Self.deletion) == [""])
        try waitUntil { try a.state().ipsecPeers.first?.ikeSas.isEmpty == true }
        // For a while what is under way by the SA is still taken.
        #expect(a.log.wait { $0.hasPrefix("CHILD SA") && $0.hasSuffix("closed") })
        let state = try #require(try a.state().ipsecPeers.first)
        #expect(state.sentBytes == UInt64(packet.count) && state.receivedBytes == 0)
        #expect(state.lastFailure == "deleted by the peer")
    }

    @Test func peersComeBackWhileOthersAreStillToldOfTheEnd() throws {
        let (a, b) = try Self.pair(start: .onDemand)
        let packet = datagram("10.0.0.1", "10.0.0.2", "again")
        for _ in 0..<5 {
            a.send(packet)
            #expect(b.receive() == packet)
            #expect(try a.apply(Self.deletion) == [""])
            let back = try Self.peer {
                $0.start = .onDemand
                $0.endpoints = ["127.0.0.1:\(b.ports.encapsulated)"]
            }
            #expect(try a.apply(back) == [""])
        }
    }

    @Test func whoEndsSaysSo() throws {
        let (a, b) = try Self.pair(start: .atOnce)
        try waitUntil { try b.state().ipsecPeers.first?.ikeSas.isEmpty == false }
        a.engine.shutDown()
        try waitUntil { try b.state().ipsecPeers.first?.ikeSas.isEmpty == true }
    }

    /// It is told of the end for a second, not for the five that a peer gets while the process goes on.
    @Test func aSilentPeerDoesNotHoldUpTheEnd() throws {
        let (a, b) = try Self.pair(start: .onDemand)
        let relay = try DatagramRelay(to: b.ports.encapsulated)
        let atOnce = try Self.peer {
            $0.start = .atOnce
            $0.endpoints = ["127.0.0.1:\(relay.port)"]
        }
        #expect(try a.apply(atOnce) == [""])
        try waitUntil { try a.state().ipsecPeers.first?.ikeSas.first?.children.isEmpty == false }
        relay.fallSilent()
        let start = ContinuousClock.now
        a.engine.shutDown()
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(try b.state().ipsecPeers.first?.ikeSas.isEmpty == false)
    }

    @Test func aWrongKeyIsToldOf() throws {
        let (a, b) = (try ControlledEngine(), try ControlledEngine())
        _ = try b.apply(
            Self.peer {
                $0.localIdentity = "b.example"
                $0.remoteIdentities = ["a.example"]
                $0.presharedKey = Data("another".utf8)
            })
        _ = try a.apply(
            Self.peer {
                $0.start = .atOnce
                $0.endpoints = ["127.0.0.1:\(b.ports.encapsulated)"]
            })
        try waitUntil { try b.state().ipsecPeers.first?.lastFailure.isEmpty == false }
        let failure = try b.state().ipsecPeers.first?.lastFailure
        #expect(failure == "authentication failed: signature or shared key is wrong")
        try waitUntil { try a.state().ipsecPeers.first?.lastFailure.isEmpty == false }
        #expect(try a.state().ipsecPeers.first?.ikeSas.isEmpty == true)
    }

    @Test func portsAreTakenWhileThereIsAPeer() throws {
        let a = try ControlledEngine()
        let plain = try UDPSockets(port: a.ports.plain)
        let error = try #require(try a.apply(Self.peer()).first)
        #expect(error.hasPrefix("IPsec needs the UDP port \(plain.port), which cannot be had"))
        #expect(try a.state().ipsecPeers.isEmpty)
        // What was had already is free again.
        _ = try UDPSockets(port: a.ports.encapsulated)
        let b = try ControlledEngine()
        #expect(try b.apply(Self.peer()) == [""])
        #expect(throws: IOError.self) { try UDPSockets(port: b.ports.encapsulated) }
        #expect(try b.apply(Self.deletion) == [""])
        try waitUntil { (try? UDPSockets(port: b.ports.encapsulated)) != nil }
        try waitUntil { (try? UDPSockets(port: b.ports.plain)) != nil }
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        let a = try ControlledEngine()
        let changes: [(inout WireIPsecPeerSpec) -> Void] = [
            { $0.name = "" },
            { $0.profile = "ancient" },
            { $0.endpoints = ["nowhere"] },
            { $0.start = .atOnce },
            { $0.endpointsOnly = true },
            { $0.localIdentity = "" },
            { $0.presharedKey = Data() },
            { $0.eap = WireIPsecEAP() },
            { $0.eap.tls = true },
            { $0.allowedIps = [WirePrefix()] },
            { $0.remoteIdentities = ["C="] },
        ]
        for change in changes {
            let error = try a.apply(Self.peer("other", "10.0.0.2/32", change)).first
            #expect(error?.isEmpty == false)
        }
        var identity = WireIPsecIdentity()
        identity.interface = "test"
        identity.certificates = [Data([1, 2, 3])]
        #expect(try a.apply(.putIpsecIdentity(identity)).first?.hasPrefix("the certificate and key") == true)
        #expect(try a.state().ipsecPeers.isEmpty)
        _ = try UDPSockets(port: a.ports.encapsulated)
    }
}
