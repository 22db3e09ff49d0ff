import Addressing
import DataPath
import Forwarding
import PacketIO
import Testing
import WireGuard

/// Whole workers over loopback; socket pairs stand for TUN devices.
@Suite struct TunnelTests {
    private let worker: Worker
    private let otherWorker: Worker

    init() throws {
        worker = try Worker(number: 0)
        otherWorker = try Worker(number: 1)
    }

    private func hub() throws -> (a: StandIn, hub: StandIn, b: StandIn) {
        try StandIn.hub(otherWorker, peers: worker)
    }

    @Test func packetsCrossTheTunnelBothWaysUnchanged() throws {
        let a = try StandIn(id: 1, worker: worker)
        let b = try StandIn(id: 2, worker: otherWorker)
        try a.know(b, allowedIPs: ["10.0.0.2/32"])
        try b.know(a, allowedIPs: ["10.0.0.1/32"])
        let request = datagram("10.0.0.1", "10.0.0.2", "request")
        let reply = datagram("10.0.0.2", "10.0.0.1", "reply")
        a.send(request)
        #expect(b.receive() == request)
        b.send(reply)
        #expect(a.receive() == reply)
        let counters = try a.interface.perform { $0.counters }
        #expect(counters.sentPackets == 1 && counters.receivedPackets == 1)
    }

    @Test func aForwardingInterfaceTakesPacketsFromPeerToPeer() throws {
        let (a, hub, b) = try hub()
        let packet = datagram("10.0.0.1", "10.0.0.3", "through")
        a.send(packet)
        let arrived = try #require(b.receive())
        #expect(arrived[8] == 63)
        #expect(checksum(Array(arrived[..<20])) == 0)
        #expect(Array(arrived[20...]) == Array(packet[20...]))
        a.send(datagram("10.0.0.1", "10.0.0.3", "too old", ttl: 1))
        a.send(datagram("10.0.0.1", "10.0.0.2", "for the hub"))
        #expect(hub.receive() == datagram("10.0.0.1", "10.0.0.2", "for the hub"))
        #expect(b.receive(milliseconds: 0) == nil)
    }

    @Test func withoutForwardingPacketsForAnotherPeerGoToTheKernel() throws {
        let (a, hub, _) = try hub()
        try hub.interface.perform { $0.forwards = false }
        let packet = datagram("10.0.0.1", "10.0.0.3", "through")
        a.send(packet)
        #expect(hub.receive() == packet)
    }

    @Test func aWrongSourceAddressAndUnknownDestinationsAreDroppedAndCounted() throws {
        let (a, hub, _) = try hub()
        a.send(datagram("10.0.0.3", "10.0.0.2", "spoofed"))
        a.send(datagram("10.0.0.1", "192.0.2.1", "nobody's"))
        a.send([1, 2, 3])
        let honest = datagram("10.0.0.1", "10.0.0.2", "honest")
        a.send(honest)
        #expect(hub.receive() == honest)
        #expect(try hub.interface.perform { $0.counters.droppedInvalid } == 1)
        let counters = try a.interface.perform { $0.counters }
        #expect(counters.droppedNoPeer == 1 && counters.droppedInvalid == 1)
    }

    @Test func packetsToAndFromWhatThisMachineDoesNotStandForAreDropped() throws {
        let (a, hub, b) = try hub()
        try hub.know(a, allowedIPs: ["10.0.0.1/32", "192.0.2.9/32"])
        let scope = LocalScope(["10.0.0.2/32", "10.9.0.0/16"].compactMap { IPPrefix($0) })
        try hub.interface.perform { $0.local = scope }
        try a.know(hub, allowedIPs: ["0.0.0.0/0"])
        a.send(datagram("10.0.0.1", "127.0.0.1", "the kernel's"))
        a.send(datagram("10.0.0.1", "10.0.0.9", "nobody's"))
        a.send(datagram("10.0.0.1", "10.9.0.1", "routed"))
        a.send(datagram("10.0.0.1", "10.0.0.3", "another peer's"))
        #expect(hub.receive() == datagram("10.0.0.1", "10.9.0.1", "routed"))
        #expect(b.receive() != nil)
        hub.send(datagram("192.0.2.1", "10.0.0.1", "another domain's"))
        hub.send(datagram("10.0.0.2", "10.0.0.1", "its own"))
        #expect(a.receive() == datagram("10.0.0.2", "10.0.0.1", "its own"))
        #expect(try hub.interface.perform { $0.counters.droppedInvalid } == 3)
        #expect(hub.receive(milliseconds: 0) == nil)
    }

    /// What fits a datagram depends on what carries it. Whoever sends more is told, a peer as well as the own kernel.
    @Test func whatFitsNoDatagramIsAnswered() throws {
        let (a, hub, b) = try hub()
        try a.know(hub, allowedIPs: ["10.0.0.0/24"], at: IPAddress(v6: 1))
        func packet(_ from: String, _ to: String, _ count: Int) -> [UInt8] {
            datagram(from, to, String(repeating: "x", count: count - 28))
        }
        func expectAnswer(_ answer: [UInt8]?, to packet: [UInt8], mtu: Int) throws {
            let answer = try #require(answer)
            #expect(Array(answer[20...21]) == [3, 4] && Int(answer[26]) << 8 + Int(answer[27]) == mtu)
            #expect(Array(answer[12..<20]) == Array(packet[16..<20]) + Array(packet[12..<16]))
            // But for the hop limit that the hub took, and the checksum over it.
            #expect(Array(answer[40...]) == Array(packet[12..<548]))
        }
        // Its way to the hub is IPv6, the hub's to b IPv4.
        for (count, mtu) in [(65_520, 65_480), (65_481, 65_480), (65_480, 65_460), (65_461, 65_460)] {
            let long = packet("10.0.0.1", "10.0.0.3", count)
            a.send(long)
            try expectAnswer(a.receive(), to: long, mtu: mtu)
        }
        a.send(packet("10.0.0.1", "10.0.0.3", 65_460))
        #expect(b.receive()?.count == 65_460)
        a.send(packet("10.0.0.1", "10.0.0.2", 65_480))
        #expect(hub.receive() == packet("10.0.0.1", "10.0.0.2", 65_480))
        #expect(b.receive(milliseconds: 0) == nil && a.receive(milliseconds: 0) == nil)
        #expect(try a.interface.perform { $0.counters.droppedInvalid } == 2)
        #expect(try hub.interface.perform { $0.counters.droppedInvalid } == 2)
    }

    @Test func theFilterJudgesBothDirectionsAndCutsFlowsWhenThePolicyChanges() throws {
        let (a, hub, b) = try hub()
        func policy(_ from: String) throws -> CompiledPolicy {
            try CompiledPolicy(
                FilterPolicy(
                    defaultAction: .deny,
                    sets: [
                        .init(name: "from", prefixes: [try #require(IPPrefix(from))]),
                        .init(name: "all", prefixes: [try #require(IPPrefix("10.0.0.0/24"))]),
                    ], rules: [.init(name: "r", action: .allow, from: ["from"], to: ["all"])]))
        }
        let first = try policy("10.0.0.1/32")
        try hub.interface.perform { $0.setFilter(first) }
        b.send(datagram("10.0.0.3", "10.0.0.2", "denied"))
        a.send(datagram("10.0.0.1", "10.0.0.2", "allowed"))
        #expect(hub.receive() == datagram("10.0.0.1", "10.0.0.2", "allowed"))
        let second = try policy("10.0.0.3/32")
        try hub.interface.perform { $0.setFilter(second) }
        a.send(datagram("10.0.0.1", "10.0.0.2", "cut"))
        b.send(datagram("10.0.0.3", "10.0.0.2", "now allowed"))
        #expect(hub.receive() == datagram("10.0.0.3", "10.0.0.2", "now allowed"))
        hub.send(datagram("10.0.0.2", "10.0.0.1", "denied outbound"))
        try waitUntil { try hub.interface.perform { $0.counters.droppedByPolicy } == 3 }
        #expect(a.receive(milliseconds: 0) == nil)
    }

    @Test func interfacesWithTheSameAddressesStayApart() throws {
        let pairs = try (0..<2).map { index in
            let a = try StandIn(id: UInt64(index * 2 + 1), worker: worker, domain: "tenant\(index)/net")
            let b = try StandIn(id: UInt64(index * 2 + 2), worker: worker, domain: "tenant\(index)/net")
            try a.know(b, allowedIPs: ["10.0.0.2/32"])
            try b.know(a, allowedIPs: ["10.0.0.1/32"])
            return (a, b)
        }
        for (index, pair) in pairs.enumerated() { pair.0.send(datagram("10.0.0.1", "10.0.0.2", "tenant \(index)")) }
        for (index, pair) in pairs.enumerated() {
            #expect(pair.1.receive() == datagram("10.0.0.1", "10.0.0.2", "tenant \(index)"))
            #expect(pair.1.receive(milliseconds: 0) == nil)
        }
    }

    @Test func aDownInterfaceHasNoPortAndComesBackWithItsOwn() throws {
        let a = try StandIn(id: 1, worker: worker)
        let (port, closed, again) = try a.interface.perform { tunnel in
            let port = tunnel.port
            tunnel.linkChanged(isUp: false, mtu: 1_420, now: tunnel.clock)
            let closed = tunnel.port
            tunnel.linkChanged(isUp: true, mtu: 1_420, now: tunnel.clock)
            return (port, closed, tunnel.port)
        }
        #expect(port != 0)
        #expect(closed == 0)
        #expect(again != 0)
    }
}
