import Addressing
import DataPath
import Forwarding
import Glibc
import PacketIO
import Testing
import WireGuard

/// One interface, whose packets two workers move: each has a queue of the device and a socket of the port.
@Suite struct SeveralWorkersTests {
    private let worker: Worker
    private let other: Worker
    private let peersWorker: Worker

    init() throws {
        worker = try Worker(number: 0)
        other = try Worker(number: 1)
        peersWorker = try Worker(number: 2)
    }

    /// The interface with two workers is 10.0.0.1; peers are 10.0.0.2 and on.
    private func star(peers count: Int) throws -> (hub: StandIn, peers: [StandIn]) {
        let hub = try StandIn(id: 1, worker: worker, others: [other])
        let peers = try (0..<count).map { try StandIn(id: UInt64($0 + 2), worker: peersWorker) }
        for (index, peer) in peers.enumerated() {
            try hub.know(peer, allowedIPs: ["10.0.0.\(index + 2)/32"])
            try peer.know(hub, allowedIPs: ["10.0.0.0/24"])
        }
        return (hub, peers)
    }

    /// A lane tells what it counted when it has done with its packets: a moment after they came out.
    private func counters(_ hub: StandIn) throws -> InterfaceCounters { try hub.interface.perform { $0.counters } }

    private func statistics(_ hub: StandIn, _ peer: UInt32) throws -> PeerStatistics? {
        try hub.interface.perform { $0.device.statistics(of: PeerID(index: peer, generation: 0)) }
    }

    /// Packets cross in both directions by every queue.
    private func crosses(_ hub: StandIn, _ peer: StandIn, _ text: String, address: String = "10.0.0.2") {
        for queue in 0...1 {
            let packet = datagram("10.0.0.1", address, "\(text) \(queue)")
            hub.send(packet, queue: queue)
            #expect(peer.receive() == packet)
        }
        let answer = datagram(address, "10.0.0.1", text)
        peer.send(answer)
        #expect(hub.receive() == answer)
    }

    @Test func packetsByEitherQueueReachThePeerInOrder() throws {
        let (hub, peers) = try star(peers: 1)
        // The first by the queue whose worker has to ask for a session.
        let sent = (0..<200).map { datagram("10.0.0.1", "10.0.0.2", "number \($0)") }
        for packet in sent[..<100] {
            hub.send(packet, queue: 1)
        }
        for packet in sent[..<100] { #expect(peers[0].receive() == packet) }
        for packet in sent[100...] { hub.send(packet, queue: 0) }
        for packet in sent[100...] { #expect(peers[0].receive() == packet) }
        for queue in 0...1 { hub.send(datagram("10.0.0.1", "192.0.2.1", "nobody's"), queue: queue) }
        try waitUntil { try counters(hub).droppedNoPeer == 2 }
        try waitUntil { try counters(hub).sentPackets == 200 }
        try waitUntil { try statistics(hub, 0)?.sentPackets == 200 }
    }

    @Test func datagramsOfManyPeersComeToBothWorkers() throws {
        let (hub, peers) = try star(peers: 16)
        for round in 0..<3 {
            for (index, peer) in peers.enumerated() {
                peer.send(datagram("10.0.0.\(index + 2)", "10.0.0.1", "\(round)"))
            }
            var queues: Set<Int> = []
            var arrived: Set<[UInt8]> = []
            for _ in peers {
                let (packet, queue) = try #require(hub.receiveByQueue())
                queues.insert(queue)
                arrived.insert(packet)
            }
            #expect(arrived.count == 16 && queues == [0, 1])
        }
        try waitUntil { try counters(hub).receivedPackets == 48 }
        #expect(try counters(hub).receivedBytes == 48 * 29)
        for index in 0..<16 { try waitUntil { try statistics(hub, UInt32(index))?.receivedPackets == 3 } }
        // And back, to each by the queue that it did not come by.
        for (index, peer) in peers.enumerated() {
            for queue in 0...1 {
                let packet = datagram("10.0.0.1", "10.0.0.\(index + 2)", "back \(queue)")
                hub.send(packet, queue: queue)
                #expect(peer.receive() == packet)
            }
        }
    }

    @Test func aPolicyIsInForceForBothWorkersAtOnce() throws {
        let (hub, peers) = try star(peers: 1)
        func policy(_ action: FilterPolicy.Action) throws -> CompiledPolicy {
            try CompiledPolicy(FilterPolicy(defaultAction: action))
        }
        let (allowing, denying) = (try policy(.allow), try policy(.deny))
        let packet = datagram("10.0.0.1", "10.0.0.2", "judged")
        var dropped: UInt64 = 0
        for round in 0..<10 {
            try hub.interface.perform { $0.setFilter(allowing) }
            for queue in [0, 1, 1, 0] {
                hub.send(packet, queue: queue)
                #expect(peers[0].receive() == packet)
            }
            // Also when the filter goes and another one comes.
            if round.isMultiple(of: 2) { try hub.interface.perform { $0.setFilter(nil) } }
            try hub.interface.perform { $0.setFilter(denying) }
            for queue in 0...1 { hub.send(packet, queue: queue) }
            dropped += 2
            try waitUntil { try counters(hub).droppedByPolicy == dropped }
        }
        try hub.interface.perform { $0.setFilter(nil) }
        crosses(hub, peers[0], "without a policy")
    }

    @Test func whatTheMachineStandsForAndForwardingAreInForceForBothWorkersAtOnce() throws {
        let (hub, peers) = try star(peers: 8)
        let packet = datagram("10.0.0.1", "10.0.0.2", "from here")
        crosses(hub, peers[0], "anything")
        try hub.interface.perform { $0.local = LocalScope([try #require(IPPrefix("10.0.0.9/32"))]) }
        for queue in 0...1 { hub.send(packet, queue: queue) }
        try waitUntil { try counters(hub).droppedInvalid == 2 }
        try hub.interface.perform { $0.local = LocalScope() }
        crosses(hub, peers[0], "anything again")
        // Peers' datagrams come to both workers.
        try hub.interface.perform { $0.forwards = true }
        for index in 1..<8 {
            peers[index].send(datagram("10.0.0.\(index + 2)", "10.0.0.2", "to another"))
            #expect(peers[0].receive()?[15] == UInt8(index + 2))
        }
        try hub.interface.perform { $0.forwards = false }
        for index in 1..<8 {
            let toKernel = datagram("10.0.0.\(index + 2)", "10.0.0.2", "to the kernel")
            peers[index].send(toKernel)
            #expect(hub.receive() == toKernel)
        }
    }

    @Test func thePortIsChangedUnderTraffic() throws {
        let (hub, peers) = try star(peers: 1)
        crosses(hub, peers[0], "at first")
        let first = try hub.port
        var ports: Set<UInt16> = [first]
        for _ in 0..<20 {
            for queue in 0...1 { hub.send(datagram("10.0.0.1", "10.0.0.2", "meanwhile"), queue: queue) }
            try hub.interface.perform { try $0.setPort($0.port, now: $0.clock) }
            #expect(ports.contains(try hub.port))
            for queue in 0...1 { hub.send(datagram("10.0.0.1", "10.0.0.2", "meanwhile"), queue: queue) }
            ports.insert(
                try hub.interface.perform {
                    try $0.setPort(0, now: $0.clock)
                    return $0.port
                })
        }
        #expect(ports.count > 1)
        // Nothing that this machine sent is lost by it; the peer learns of the port by what comes.
        for _ in 0..<80 { #expect(peers[0].receive() == datagram("10.0.0.1", "10.0.0.2", "meanwhile")) }
        crosses(hub, peers[0], "in the end")
        #expect(try hub.port != 0)
    }

    @Test func anInterfaceThatWasDownMovesPacketsAgainByBothQueues() throws {
        let (hub, peers) = try star(peers: 4)
        crosses(hub, peers[0], "before")
        for (index, peer) in peers.enumerated() {
            // A peer takes a handshake only so often: another one each time, but for the first.
            guard index > 0 else { continue }
            let address = "10.0.0.\(index + 2)"
            crosses(hub, peer, "before", address: address)
            // In one go, as a device that stands in for another is never really down.
            let closed = try hub.interface.perform { tunnel in
                tunnel.linkChanged(isUp: false, mtu: 1_420, now: tunnel.clock)
                defer { tunnel.linkChanged(isUp: true, mtu: 1_420, now: tunnel.clock) }
                return tunnel.port
            }
            #expect(closed == 0)
            let next = index + 1 < peers.count ? index + 1 : 0
            try peers[next].know(hub, allowedIPs: ["10.0.0.0/24"])
            crosses(hub, peers[next], "after", address: "10.0.0.\(next + 2)")
        }
    }

    @Test func anInterfaceThatEndedLeavesNoPortAndNoQueueOpen() throws {
        let ends: [Descriptor]
        let port: UInt16
        do {
            let (hub, peers) = try star(peers: 1)
            crosses(hub, peers[0], "before")
            (ends, port) = (hub.ends, try hub.port)
            #expect(try openPorts().contains(port))
            hub.interface.end()
            #expect(throws: EngineError.self) { try hub.interface.perform { $0.port } }
        }
        // The workers may still be giving back what they had of it.
        try waitUntil { try !openPorts().contains(port) }
        for end in ends {
            var byte: UInt8 = 0
            try waitUntil { write(end.number, &byte, 1) < 0 && [ECONNREFUSED, ENOTCONN].contains(errno) }
        }
        // They go on for others.
        let (hub, peers) = try star(peers: 1)
        crosses(hub, peers[0], "another interface")
    }

    /// UDP ports that somebody has open here.
    private func openPorts() throws -> Set<UInt16> {
        var ports: Set<UInt16> = []
        for file in ["/proc/self/net/udp", "/proc/self/net/udp6"] {
            let stream = try #require(fopen(file, "r"))
            defer { fclose(stream) }
            var line = [CChar](repeating: 0, count: 512)
            while fgets(&line, Int32(line.count), stream) != nil {
                let text = line.prefix { $0 != 0 }.map { Character(UnicodeScalar(UInt8(bitPattern: $0))) }
                let fields = String(text).split(separator: " ")
                guard fields.count > 1,
                    let port = fields[1].split(separator: ":").last.flatMap({ UInt16($0, radix: 16) })
                else { continue }
                ports.insert(port)
            }
        }
        return ports
    }
}
