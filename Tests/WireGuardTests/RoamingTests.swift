import Addressing
import Testing
import Tunneling
import WireGuard

@Suite struct RoamingTests {
    private func connected() throws -> (Host, Host, PeerID) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        let peer = try b.add(a)
        let network = Network(seed: 2)
        network.join([a, b])
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .milliseconds(10))
        return (a, b, peer)
    }

    @Test func answersFollowThePeer() throws {
        let (a, b, peer) = try connected()
        let elsewhere = try endpoint("[2001:db8::7]:4000")
        let datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(1)).1.last).bytes
        b.receive(datagram, from: elsewhere, now: .at(1))
        #expect(b.device.ownLane.path(of: peer)?.endpoint == elsewhere)
        #expect(b.device.snapshot(of: peer)?.endpoint == elsewhere)
    }

    @Test func forgedDatagramMovesNobody() throws {
        let (a, b, peer) = try connected()
        let elsewhere = try endpoint("198.51.100.9:9")
        var datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(1)).1.last).bytes
        datagram[20] ^= 1
        b.receive(datagram, from: elsewhere, now: .at(1))
        #expect(b.device.ownLane.path(of: peer)?.endpoint == a.endpoint)
        // Nor does a replayed one.
        datagram[20] ^= 1
        b.receive(datagram, from: a.endpoint, now: .at(1))
        b.receive(datagram, from: elsewhere, now: .at(1))
        #expect(b.device.ownLane.path(of: peer)?.endpoint == a.endpoint)
    }

    @Test func answersLeaveFromWhereThePacketCame() throws {
        let (a, b, peer) = try connected()
        #expect(b.device.ownLane.path(of: peer)?.source == b.source)
        let other = LocalSource(address: try address("192.0.2.200"), interface: 9)
        var datagram = try #require(try a.send(a.packet(to: b), to: b, now: .at(1)).1.last).bytes
        _ = datagram.withUnsafeMutableBytes { b.device.receive($0, from: a.endpoint, via: other, now: .at(1)) }
        #expect(b.device.ownLane.path(of: peer) == Path(endpoint: a.endpoint, source: other))
    }

    @Test func sourceThatIsGoneIsForgotten() throws {
        let (a, b, peer) = try connected()
        b.device.forgetSources { $0.interface == 77 }
        #expect(b.device.ownLane.path(of: peer)?.source == b.source)
        b.device.forgetSources { $0 == b.source }
        #expect(b.device.ownLane.path(of: peer) == Path(endpoint: a.endpoint))
    }

    @Test func silenceClearsTheSource() throws {
        let (a, b, peer) = try connected()
        _ = try b.send(b.packet(to: a), to: a, now: .at(1))
        b.device.advance(to: .at(15))
        #expect(b.device.ownLane.path(of: peer)?.source != nil)
        b.device.advance(to: .at(16.4))
        #expect(b.device.ownLane.path(of: peer) == Path(endpoint: a.endpoint))
    }

    @Test func configuredEndpointReplacesTheLearnedOne() throws {
        let (_, b, peer) = try connected()
        let configured = try endpoint("203.0.113.5:51820")
        b.device.setEndpoint(configured, of: peer, now: .at(1))
        #expect(b.device.ownLane.path(of: peer) == Path(endpoint: configured))
    }
}
