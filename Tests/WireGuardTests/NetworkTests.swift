import Addressing
import TestRandom
import Testing
import Tunneling
import WireGuard

/// Many devices on a bad wire: whatever it does, nothing is delivered twice, to the wrong one or changed, and once it is good
/// again everyone reaches everyone.
@Suite struct NetworkTests {
    private func mesh(_ count: UInt32, seed: UInt64, _ quality: Network.Quality) throws -> (Network, [Host]) {
        let hosts = try (1...count).map { try Host($0, seed: seed) }
        for host in hosts {
            for other in hosts where other !== host { try host.add(other, at: other.endpoint) }
        }
        let network = Network(seed: seed, quality: quality)
        network.join(hosts)
        return (network, hosts)
    }

    /// A payload that says who sent it to whom, and which it is.
    private func payload(_ from: Int, _ to: Int, _ number: Int) -> [UInt8] {
        [UInt8(from), UInt8(to), UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 0x5A, count: number % 90)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func badWireNeitherDoublesNorMixesUp(seed: UInt64) throws {
        let quality = Network.Quality(lossPermille: 200, duplicatePermille: 200, delay: 1_000_000...400_000_000)
        let (network, hosts) = try mesh(6, seed: seed, quality)
        var generator = SeededRandom(seed)
        var number = 0
        // Ten minutes: several lives of a session.
        for _ in 0..<600 {
            for _ in 0..<4 {
                let from = Int.random(in: 0..<hosts.count, using: &generator)
                let to = (from + Int.random(in: 1..<hosts.count, using: &generator)) % hosts.count
                number += 1
                let packet = hosts[from].packet(to: hosts[to], payload(from, to, number))
                try network.send(packet, from: hosts[from], to: hosts[to])
            }
            network.run(for: .seconds(1))
        }
        for (index, host) in hosts.enumerated() {
            var seen: Set<[UInt8]> = []
            for (peer, packet) in host.delivered {
                #expect(seen.insert(packet).inserted)
                let from = Int(packet[20])
                #expect(Int(packet[21]) == index)
                let number = Int(packet[22]) << 8 | Int(packet[23])
                #expect(packet == hosts[from].packet(to: host, payload(from, index, number)))
                #expect(host.device.peer(for: hosts[from].publicKey) == peer)
            }
        }
        let delivered = hosts.map(\.delivered.count).reduce(0, +)
        #expect(delivered > number / 2)

        // Two lost confirmations can leave a peer with a session that the other has forgotten; the first packet under it is
        // lost, and the silence after it starts a new one.
        network.quality = Network.Quality()
        for _ in 0..<2 {
            network.run(for: .seconds(60))
            hosts.forEach { $0.forgetDelivered() }
            for from in hosts {
                for to in hosts where to !== from { try network.send(from.packet(to: to), from: from, to: to) }
            }
        }
        network.run(for: .seconds(20))
        #expect(hosts.map(\.delivered.count) == [Int](repeating: hosts.count - 1, count: hosts.count))
    }

    /// On a good wire nothing at all is lost, not even while sessions are renewed.
    @Test func renewalLosesNothing() throws {
        let (network, hosts) = try mesh(2, seed: 9, Network.Quality(delay: 20_000_000...20_000_000))
        var handshakes = 0
        network.tap = { _, _, _, bytes in if bytes.count == 148 { handshakes += 1 } }
        for number in 0..<5000 {
            let (from, to) = number.isMultiple(of: 2) ? (0, 1) : (1, 0)
            try network.send(
                hosts[from].packet(to: hosts[to], payload(from, to, number)), from: hosts[from], to: hosts[to])
            network.run(for: .milliseconds(200))
        }
        network.run(for: .seconds(1))
        #expect(hosts.map(\.delivered.count) == [2500, 2500])
        // A thousand seconds: a handshake every two minutes, neither more nor less.
        #expect((8...10).contains(handshakes), "\(handshakes) handshakes")
    }

    /// Both sides begin at the same moment, again and again; what each sends under its own session arrives all the same.
    @Test func sessionsBegunAtOnceLoseNothing() throws {
        let (network, hosts) = try mesh(2, seed: 9, Network.Quality(delay: 20_000_000...20_000_000))
        for number in 0..<1000 {
            for (from, to) in [(0, 1), (1, 0)] {
                try network.send(
                    hosts[from].packet(to: hosts[to], payload(from, to, number)), from: hosts[from], to: hosts[to])
            }
            network.run(for: .seconds(1))
        }
        #expect(hosts.map(\.delivered.count) == [1000, 1000])
    }

    @Test func restartedPeerIsFoundAgain() throws {
        let (network, hosts) = try mesh(2, seed: 4, Network.Quality())
        try network.send(hosts[0].packet(to: hosts[1]), from: hosts[0], to: hosts[1])
        network.run(for: .seconds(10))
        // It forgets its sessions, as a restart does.
        hosts[1].device.goDown()
        hosts[1].device.goUp(now: network.now)
        hosts[1].forgetDelivered()
        for _ in 0..<30 {
            try network.send(hosts[0].packet(to: hosts[1]), from: hosts[0], to: hosts[1])
            network.run(for: .seconds(1))
        }
        #expect(!hosts[1].delivered.isEmpty)
    }

    @Test func persistentKeepaliveKeepsAPeerReachableFromOutside() throws {
        let (network, hosts) = try mesh(2, seed: 8, Network.Quality())
        let (client, server) = (hosts[0], hosts[1])
        let peer = try client.peer(server)
        client.device.setPersistentKeepalive(25, of: peer, now: network.now)
        network.flush(client)
        network.run(for: .seconds(3600))
        server.forgetDelivered()
        try network.send(server.packet(to: client), from: server, to: client)
        network.run(for: .seconds(1))
        #expect(client.delivered.count == 1)
        let last = try #require(
            server.device.lastHandshake(of: try server.peer(client)))
        #expect(last.seconds > 1_800_000_000 + 3600 - 150)
    }
}
