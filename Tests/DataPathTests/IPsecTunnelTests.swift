import Addressing
import DataPath
import IPsec
import PacketIO
import TestRandom
import Testing
import Tunneling

/// Whole workers over loopback by ESP; the SAs are made by hand.
@Suite struct IPsecTunnelTests {
    private let workers: [Worker]

    init() throws {
        workers = try (0..<3).map { try Worker(number: $0) }
    }

    private func pair(_ suite: ESPSuite = IPsecStandIn.suite) throws -> (a: IPsecStandIn, b: IPsecStandIn) {
        let a = try IPsecStandIn(id: 1, worker: workers[0])
        let b = try IPsecStandIn(id: 2, worker: workers[1])
        try IPsecStandIn.connect(
            (a, a.add(["10.0.0.2/32", "fd00::2/128"], number: 0)),
            (b, b.add(["10.0.0.1/32", "fd00::1/128"], number: 5)),
            suite: suite)
        return (a, b)
    }

    @Test(arguments: [
        ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: true),
        ESPSuite(encryption: .chaCha20Poly1305, integrity: nil, usesESN: false),
        ESPSuite(encryption: .aes256CBC, integrity: .hmacSHA256x128, usesESN: false),
    ])
    func packetsCrossTheTunnelBothWaysUnchanged(_ suite: ESPSuite) throws {
        let (a, b) = try pair(suite)
        for length in [0, 1, 2, 3, 100, 1_300] {
            let text = String(repeating: "x", count: length)
            let request = datagram("10.0.0.1", "10.0.0.2", text)
            let reply = datagram("10.0.0.2", "10.0.0.1", text)
            a.standIn.send(request)
            #expect(b.standIn.receive() == request)
            b.standIn.send(reply)
            #expect(a.standIn.receive() == reply)
        }
        let counters = try a.standIn.interface.perform { $0.counters }
        #expect(counters.sentPackets == 6 && counters.receivedPackets == 6 && counters.droppedInvalid == 0)
        // Each side was told once that the other has the SA.
        for side in [a, b] {
            let news = side.inbox.takeAll()
            guard news.count == 1, case .firstPacket = news[0] else {
                Issue.record("\(news)")
                return
            }
        }
    }

    @Test func packetsOfOneBatchAllArrive() throws {
        let (a, b) = try pair()
        let packets = (0..<64).map { datagram("10.0.0.1", "10.0.0.2", String(repeating: "y", count: 3 * $0)) }
        // The worker finds them all together.
        try a.standIn.interface.perform { _ in
            for packet in packets { a.standIn.send(packet) }
        }
        for packet in packets { #expect(b.standIn.receive() == packet) }
    }

    @Test func withoutAnSAPacketsAskForOneAndWait() throws {
        let a = try IPsecStandIn(id: 1, worker: workers[0])
        let peer = try a.add(["10.0.0.2/32"], number: 4)
        for _ in 0..<3 { a.standIn.send(datagram("10.0.0.1", "10.0.0.2", "early")) }
        try waitUntil { peer.waitingCount == 3 }
        let news = a.inbox.takeAll()
        guard news.count == 1, case .wanted(1, 4) = news[0] else {
            Issue.record("\(news)")
            return
        }
        let counters = try a.standIn.interface.perform { $0.counters }
        #expect(counters.sentPackets == 0 && counters.droppedNoPeer == 0)
    }

    /// From whatever worker they come, and those that come while others still wait after them.
    @Test func whatHasWaitedGoesInOrderWhenThereIsAnSA() throws {
        let a = try IPsecStandIn(id: 1, worker: workers[0], others: [workers[1]])
        let b = try IPsecStandIn(id: 2, worker: workers[2])
        let peer = try a.add(["10.0.0.2/32"], number: 0)
        let packets = (0..<200).map { datagram("10.0.0.1", "10.0.0.2", "packet \($0)") }
        for (index, packet) in packets[..<150].enumerated() {
            a.standIn.send(packet, queue: 1)
            try waitUntil { peer.waitingCount == min(index + 1, 128) }
        }
        let other = try b.add(["10.0.0.1/32"], number: 0)
        // The worker is busy while the SA comes, and more packets.
        try a.standIn.interface.perform { _ in
            try IPsecStandIn.connect((a, peer), (b, other))
            for packet in packets[150..<160] { a.standIn.send(packet, queue: 1) }
        }
        for packet in packets[160...] { a.standIn.send(packet, queue: 1) }
        var received: [[UInt8]] = []
        while let packet = b.standIn.receive(), packet != packets[199] { received.append(packet) }
        // The oldest have gone.
        #expect(received.first != packets[0] && received.count >= 128)
        #expect(received == Array(packets[(199 - received.count)..<199]))
        #expect(peer.waitingCount == 0)
        let sent = UInt64(received.count + 1)
        try waitUntil { try a.standIn.interface.perform { $0.counters.sentPackets } == sent }
    }

    /// What a peer sends must come from what is its own, whatever its SA would let in.
    @Test func aWrongSourceAddressIsDroppedAndCounted() throws {
        let (a, b) = try pair()
        a.standIn.send(datagram("10.0.0.9", "10.0.0.2", "spoofed"))
        let honest = datagram("10.0.0.1", "10.0.0.2", "honest")
        a.standIn.send(honest)
        #expect(b.standIn.receive() == honest)
        #expect(try b.standIn.interface.perform { $0.counters.droppedInvalid } == 1)
    }

    /// Peers of both protocols on one interface: the longest prefix decides, whoever's it is, and packets go from one to another.
    @Test func longestPrefixDecidesBetweenProtocols() throws {
        let hub = try IPsecStandIn(id: 1, worker: workers[0])
        let esp = try IPsecStandIn(id: 2, worker: workers[1])
        let wireGuard = try StandIn(id: 3, worker: workers[2])
        try IPsecStandIn.connect(
            (hub, hub.add(["10.0.0.0/24"], number: 0)), (esp, esp.add(["10.0.0.0/24"], number: 0)))
        try hub.standIn.know(wireGuard, allowedIPs: ["10.0.0.3/32", "10.0.0.0/16"])
        try wireGuard.know(hub.standIn, allowedIPs: ["10.0.0.0/24"])
        try hub.standIn.interface.perform { $0.forwards = true }
        // Less specific than the one by IPsec, more specific, and neither's.
        hub.standIn.send(datagram("10.0.0.1", "10.0.0.2", "to IPsec"))
        #expect(esp.standIn.receive() == datagram("10.0.0.1", "10.0.0.2", "to IPsec"))
        hub.standIn.send(datagram("10.0.0.1", "10.0.0.3", "to WireGuard"))
        #expect(wireGuard.receive() == datagram("10.0.0.1", "10.0.0.3", "to WireGuard"))
        for size in [10, 11, 12, 13, 1_300] {
            let text = String(repeating: "z", count: size)
            esp.standIn.send(datagram("10.0.0.2", "10.0.0.3", text))
            #expect(wireGuard.receive()?[20...] == datagram("10.0.0.2", "10.0.0.3", text)[20...])
            wireGuard.send(datagram("10.0.0.3", "10.0.0.2", text))
            #expect(esp.standIn.receive()?[20...] == datagram("10.0.0.3", "10.0.0.2", text)[20...])
        }
        // The WireGuard peer's address from the peer by IPsec.
        esp.standIn.send(datagram("10.0.0.3", "10.0.0.1", "spoofed"))
        try waitUntil { try hub.standIn.interface.perform { $0.counters.droppedInvalid } == 1 }
    }

    @Test func messagesOfIKEAreHandedOnWithoutTheirMarkerAndGarbageIsCounted() throws {
        let (a, b) = try pair()
        let queue = DatagramQueue()
        let message = Array("not really IKE".utf8)
        let datagrams: [[UInt8]] = [
            [0, 0, 0, 0] + message, [0xFF], [0xFE], [1, 2, 3], [0, 0, 1, 0, 0, 0, 0, 1, 2, 3],
            Array(repeating: 7, count: 64),
        ]
        let target = Endpoint(IPAddress(v4: 0x7F00_0001), port: b.port)
        for (index, var datagram) in datagrams.enumerated() {
            datagram.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                queue.append(base, count: bytes.count, to: target, from: nil, tag: UInt64(index))
                _ = a.sockets[0].send(queue)
                queue.removeAll()
            }
        }
        try waitUntil { b.ingress.ofUnknownSPI == 2 && b.ingress.ofNoForm == 2 }
        let news = b.inbox.takeAll()
        guard news.count == 1, case .message(message, let path) = news[0] else {
            Issue.record("\(news)")
            return
        }
        #expect(path.endpoint.port == a.port)
    }

    /// Whatever worker the kernel gives them to.
    @Test func allWorkersTakeThePacketsOfAnInterface() throws {
        let a = try IPsecStandIn(id: 1, worker: workers[0])
        let b = try IPsecStandIn(id: 2, worker: workers[1], others: [workers[2]])
        let peer = try b.add(["10.0.0.1/32"], number: 0)
        try IPsecStandIn.connect((a, a.add(["10.0.0.2/32"], number: 0)), (b, peer))
        let packet = datagram("10.0.0.1", "10.0.0.2", "through")
        a.standIn.send(packet)
        #expect(b.standIn.receive() == packet)
        for queue in 0..<2 {
            b.standIn.send(datagram("10.0.0.2", "10.0.0.1", "by \(queue)"), queue: queue)
            #expect(a.standIn.receive() == datagram("10.0.0.2", "10.0.0.1", "by \(queue)"))
        }
        #expect(peer.newest?.usage.packets == 2)
    }
}
