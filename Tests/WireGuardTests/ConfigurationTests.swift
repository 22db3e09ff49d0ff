import Addressing
import Glibc
import OpenSSL
import TestRandom
import Testing
import Tunneling
import WireGuard

@Suite struct ConfigurationTests {
    private func connected(_ count: UInt32 = 2) throws -> (Network, [Host]) {
        let hosts = try (1...count).map { try Host($0) }
        for host in hosts {
            for other in hosts where other !== host { try host.add(other, at: other.endpoint) }
        }
        let network = Network(seed: 2)
        network.join(hosts)
        for other in hosts.dropFirst() { try network.send(hosts[0].packet(to: other), from: hosts[0], to: other) }
        network.run(for: .milliseconds(10))
        hosts.forEach { $0.forgetDelivered() }
        return (network, hosts)
    }

    @Test func removingOnePeerDisturbsNoOther() throws {
        let (network, hosts) = try connected(3)
        var handshakes = 0
        network.tap = { _, _, _, bytes in if bytes.count == 148 { handshakes += 1 } }
        hosts[0].device.removePeer(try hosts[0].peer(hosts[1]))
        try network.send(hosts[0].packet(to: hosts[2]), from: hosts[0], to: hosts[2])
        try network.send(hosts[2].packet(to: hosts[0]), from: hosts[2], to: hosts[0])
        network.run(for: .seconds(1))
        #expect(hosts[2].delivered.count == 1 && hosts[0].delivered.count == 1)
        #expect(handshakes == 0)
        #expect(hosts[0].device.ownLane.lookup(hosts[1].tunnel) == nil)
    }

    @Test func removedPeerIsNotHeardAndItsIdStaysInvalid() throws {
        let (network, hosts) = try connected()
        let device = hosts[0].device
        let old = try hosts[0].peer(hosts[1])
        device.removePeer(old)
        try network.send(hosts[1].packet(to: hosts[0]), from: hosts[1], to: hosts[0])
        network.run(for: .seconds(1))
        #expect(hosts[0].delivered.isEmpty)
        #expect(hosts[0].dropped == [.unknownReceiver])
        let new = try hosts[0].add(hosts[1], at: hosts[1].endpoint)
        #expect(new.index == old.index)
        #expect(new != old)
        #expect(device.snapshot(of: old) == nil)
        #expect(hosts[0].seal([0x45], for: old, now: network.now).0 == .dropped(.noSuchPeer))
        device.removePeer(old)
        #expect(device.peerCount == 1)
    }

    @Test func addingAPeerTwiceGivesTheSame() throws {
        let (_, hosts) = try connected()
        let peer = try hosts[0].peer(hosts[1])
        #expect(hosts[0].device.addPeer(hosts[1].publicKey) == peer)
        #expect(hosts[0].device.addPeer(hosts[0].publicKey) == nil)
    }

    @Test func newPrivateKeyBeginsNewSessions() throws {
        let (network, hosts) = try connected()
        hosts[0].device.setPrivateKey(.random(), now: network.now)
        #expect(try hosts[0].send(hosts[0].packet(to: hosts[1]), to: hosts[1], now: network.now).0 == .queued)
        // The peer knows the former key alone, and is told nothing.
        #expect(hosts[1].device.ownLane.lookup(hosts[0].tunnel) != nil)
    }

    @Test func samePrivateKeyChangesNothing() throws {
        let (network, hosts) = try connected()
        hosts[0].device.setPrivateKey(hosts[0].device.privateKey, now: network.now)
        guard case .datagram = try hosts[0].send(hosts[0].packet(to: hosts[1]), to: hosts[1], now: network.now).0 else {
            Issue.record("the session is gone")
            return
        }
    }

    @Test func peerWithOurNewKeyIsRemoved() throws {
        let (network, hosts) = try connected()
        hosts[0].device.setPrivateKey(hosts[1].device.privateKey, now: network.now)
        #expect(hosts[0].device.peerCount == 0)
    }

    @Test func withoutPrivateKeyNothingGoes() throws {
        let (network, hosts) = try connected()
        hosts[0].device.setPrivateKey(nil, now: network.now)
        #expect(hosts[0].device.publicKey == nil)
        let sent = try hosts[0].send(hosts[0].packet(to: hosts[1]), to: hosts[1], now: network.now)
        #expect(sent.0 == .dropped(.noPrivateKey))
        #expect(sent.1.isEmpty)
        hosts[1].device.startHandshake(with: try hosts[1].peer(hosts[0]), now: .at(60))
        let initiation = try #require(hosts[1].device.takeOutbox().first).bytes
        #expect(hosts[0].receive(initiation, from: hosts[1].endpoint, now: .at(60)) == .dropped(.noPrivateKey))
    }

    @Test func presharedKeyTakesEffectWithTheNextHandshake() throws {
        let (network, hosts) = try connected()
        let key = SecretKey.random()
        hosts[0].device.setPresharedKey(key, of: try hosts[0].peer(hosts[1]))
        try network.send(hosts[0].packet(to: hosts[1]), from: hosts[0], to: hosts[1])
        network.run(for: .seconds(1))
        #expect(hosts[1].delivered.count == 1)
        hosts[1].device.setPresharedKey(key, of: try hosts[1].peer(hosts[0]))
        network.run(for: .seconds(200))
        try network.send(hosts[0].packet(to: hosts[1]), from: hosts[0], to: hosts[1])
        network.run(for: .seconds(1))
        #expect(hosts[1].delivered.count == 2)
    }

    @Test func snapshotShowsWhatWasSet() throws {
        let (_, hosts) = try connected()
        let device = hosts[0].device
        let peer = try hosts[0].peer(hosts[1])
        let key = SecretKey.random()
        device.setPresharedKey(key, of: peer)
        device.setPersistentKeepalive(21, of: peer, now: .at(1))
        device.addAllowedIP(try prefix("10.1.2.3/24"), to: peer)
        let snapshot = try #require(device.snapshot(of: peer))
        #expect(snapshot.publicKey == hosts[1].publicKey)
        #expect(snapshot.presharedKey == key)
        #expect(snapshot.endpoint == hosts[1].endpoint)
        #expect(snapshot.persistentKeepalive == 21)
        #expect(snapshot.lastHandshake?.seconds == 1_800_000_000)
        #expect(snapshot.protocolVersion == 1)
        let expected = [IPPrefix(host: hosts[1].tunnel), IPPrefix(host: hosts[1].tunnelV6), try prefix("10.1.2.0/24")]
        #expect(Set(snapshot.allowedIPs) == Set(expected))
        device.setPresharedKey(.zero, of: peer)
        #expect(device.snapshot(of: peer)?.presharedKey == nil)
    }

    @Test func allowedIPMovesToWhomItWasGivenLast() throws {
        let (_, hosts) = try connected(3)
        let device = hosts[0].device
        let first = try hosts[0].peer(hosts[1])
        let second = try hosts[0].peer(hosts[2])
        let shared = try prefix("10.50.0.0/16")
        device.addAllowedIP(shared, to: first)
        device.addAllowedIP(shared, to: second)
        #expect(device.ownLane.lookup(try address("10.50.1.1")) == second)
        #expect(device.snapshot(of: first)?.allowedIPs.contains(shared) == false)
        device.removeAllowedIP(shared, from: first)
        #expect(device.ownLane.lookup(try address("10.50.1.1")) == second)
        device.removeAllowedIP(shared, from: second)
        #expect(device.ownLane.lookup(try address("10.50.1.1")) == nil)
        device.replaceAllowedIPs([shared], of: first)
        #expect(device.snapshot(of: first)?.allowedIPs == [shared])
        #expect(device.ownLane.lookup(hosts[1].tunnel) == nil)
    }

    @Test func downDeviceIsSilentAndUpGreets() throws {
        let (network, hosts) = try connected()
        let device = hosts[0].device
        let peer = try hosts[0].peer(hosts[1])
        device.setPersistentKeepalive(25, of: peer, now: network.now)
        _ = device.takeOutbox()
        device.goDown()
        #expect(device.nextDeadline == nil)
        #expect(
            try hosts[0].send(hosts[0].packet(to: hosts[1]), to: hosts[1], now: .at(20)).0 == .dropped(.interfaceDown))
        #expect(hosts[0].receive([4, 0, 0, 0], from: hosts[1].endpoint, now: .at(20)) == .dropped(.interfaceDown))
        device.setPersistentKeepalive(30, of: peer, now: .at(20))
        #expect(device.isOutboxEmpty)
        device.goUp(now: .at(30))
        #expect(device.nextDeadline == .at(30))
        device.advance(to: .at(30))
        #expect(device.takeOutbox().map(\.bytes.count) == [148])
    }

    private static func addQuietPeer(_ number: Int, to device: Device) -> PeerID? {
        let key = PublicKey { $0.storeBytes(of: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, as: UInt64.self) }
        guard let peer = device.addPeer(key) else { return nil }
        let address = IPAddress(v4: 0x0A00_0000 + UInt32(number))
        device.setEndpoint(Endpoint(address, port: 1), of: peer, now: .start)
        device.addAllowedIP(IPPrefix(host: address), to: peer)
        device.addAllowedIP(IPPrefix(host: IPAddress(v6: 0xFD << 120 | UInt128(number))), to: peer)
        return peer
    }

    /// The least time that this thread needed to add fifty peers and to remove them again, with timers looked at in between.
    private static func costOfAChange(among count: Int) throws -> UInt64 {
        let device = try Host(1).device
        for number in 0..<count { _ = addQuietPeer(number, to: device) }
        func now() -> UInt64 {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
        return (0..<10).map { _ in
            let start = now()
            let peers = (0..<50).compactMap { addQuietPeer(count + $0, to: device) }
            for peer in peers { device.setPersistentKeepalive(0, of: peer, now: .start) }
            _ = device.nextDeadline
            device.advance(to: .start)
            for peer in peers { device.removePeer(peer) }
            return now() - start
        }.reduce(.max, min)
    }

    /// A walk over all peers, or over all of anything, would take twenty times as long; half a dozen levels of a trie and caches
    /// that are missed account for some.
    @Test func aChangeCostsTheSameAmongMany() throws {
        let few = try Self.costOfAChange(among: 500)
        let many = try Self.costOfAChange(among: 10_000)
        #expect(many < 7 * few)
    }

    /// Timers of many peers: what is due is found without a look at the others.
    @Test func tenThousandPeersKeepTheirTimers() throws {
        let host = try Host(1)
        var generator = SeededRandom(11)
        for number in 0..<10_000 {
            let key = try #require(PublicKey(generator.bytes(32)))
            let peer = try #require(host.device.addPeer(key))
            host.device.setEndpoint(Endpoint(IPAddress(v4: UInt32(number)), port: 1), of: peer, now: .start)
            host.device.addAllowedIP(IPPrefix(host: IPAddress(v4: UInt32(number))), to: peer)
        }
        #expect(host.device.nextDeadline == nil)
        for number in stride(from: 0, to: 10_000, by: 100) {
            let peer = try #require(host.device.ownLane.lookup(IPAddress(v4: UInt32(number))))
            _ = host.seal([0x45], for: peer, now: .at(Double(number) / 1000))
        }
        var sent = 0
        var last = Instant.start
        while let deadline = host.device.nextDeadline, deadline < .at(20) {
            #expect(deadline >= last)
            last = deadline
            host.device.advance(to: deadline)
            sent += host.device.takeOutbox().count
        }
        #expect((200...400).contains(sent))
        host.device.removeAllPeers()
        #expect(host.device.nextDeadline == nil)
        #expect(host.device.peerCount == 0)
    }
}
