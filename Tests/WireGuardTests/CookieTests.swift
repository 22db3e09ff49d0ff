import Addressing
import OpenSSL
import Testing
import Tunneling
import WireGuard

@Suite struct CookieTests {
    private func pair() throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        return (a, b)
    }

    private func initiation(_ a: Host, _ b: Host, at seconds: Double) throws -> [UInt8] {
        a.environment.setWallTime(
            since: WallTime(seconds: 1_800_000_000, nanoseconds: 0), elapsed: .seconds(UInt64(seconds)))
        let peer = try a.peer(b)
        a.device.startHandshake(with: peer, now: .at(seconds))
        return try #require(a.device.takeOutbox().last).bytes
    }

    @Test func withoutLoadNoCookieIsAsked() throws {
        let (a, b) = try pair()
        #expect(b.receive(try initiation(a, b, at: 0), from: a.endpoint, now: .start) == .handled)
        #expect(b.device.takeOutbox().map(\.bytes.count) == [92])
    }

    @Test func underLoadTheSenderProvesItsAddressFirst() throws {
        let (a, b) = try pair()
        b.device.forcesCookies = true
        let first = try initiation(a, b, at: 0)
        #expect(first.suffix(16).allSatisfy { $0 == 0 })
        #expect(b.receive(first, from: a.endpoint, now: .at(0)) == .dropped(.rateLimited))
        let reply = try #require(b.device.takeOutbox().first)
        #expect(reply.bytes.count == 64)
        #expect(reply.path == Path(endpoint: a.endpoint, source: b.source))
        #expect(a.receive(reply.bytes, from: b.endpoint, now: .at(0)) == .handled)

        let second = try initiation(a, b, at: 6)
        #expect(!second.suffix(16).allSatisfy { $0 == 0 })
        // The cookie is worth nothing from another address or port.
        #expect(b.receive(second, from: try endpoint("198.51.100.7:51820"), now: .at(6)) == .dropped(.rateLimited))
        #expect(b.receive(second, from: try endpoint("192.0.2.1:51821"), now: .at(6)) == .dropped(.rateLimited))
        _ = b.device.takeOutbox()
        #expect(b.receive(second, from: a.endpoint, now: .at(6)) == .handled)
        #expect(b.device.takeOutbox().map(\.bytes.count) == [92])
    }

    @Test func responseNeedsACookieToo() throws {
        let (a, b) = try pair()
        a.device.forcesCookies = true
        b.receive(try initiation(a, b, at: 0), from: a.endpoint, now: .start)
        let response = try #require(b.device.takeOutbox().first).bytes
        #expect(a.receive(response, from: b.endpoint, now: .start) == .dropped(.rateLimited))
        let reply = try #require(a.device.takeOutbox().first).bytes
        #expect(b.receive(reply, from: a.endpoint, now: .start) == .handled)
    }

    @Test func cookieGrowsOldOnBothSides() throws {
        let (a, b) = try pair()
        b.device.forcesCookies = true
        b.receive(try initiation(a, b, at: 0), from: a.endpoint, now: .at(0))
        a.receive(try #require(b.device.takeOutbox().first).bytes, from: b.endpoint, now: .at(0))
        let fresh = try initiation(a, b, at: 119)
        #expect(b.receive(fresh, from: a.endpoint, now: .at(119.9)) == .handled)
        #expect(b.receive(fresh, from: a.endpoint, now: .at(120)) == .dropped(.rateLimited))
        #expect(try initiation(a, b, at: 125).suffix(16).allSatisfy { $0 == 0 })
    }

    @Test func strangersCookieReplyIsNotTaken() throws {
        let (a, b) = try pair()
        b.device.forcesCookies = true
        let first = try initiation(a, b, at: 0)
        b.receive(first, from: a.endpoint, now: .start)
        let reply = try #require(b.device.takeOutbox().first).bytes
        for index in reply.indices {
            var changed = reply
            changed[index] ^= 1
            #expect(a.receive(changed, from: b.endpoint, now: .start) != .handled)
        }
        #expect(a.receive(reply, from: b.endpoint, now: .start) == .handled)
        #expect(a.receive(reply, from: b.endpoint, now: .start) == .dropped(.unauthenticated))
    }

    @Test func manyHandshakesASecondAreLoadAndItPasses() throws {
        let (a, b) = try pair()
        let message = try initiation(a, b, at: 0)
        for _ in 0...1000 { b.receive(message, from: a.endpoint, now: .at(0.5)) }
        #expect(b.device.isUnderLoad(at: .at(0.5)))
        #expect(b.device.takeOutbox().last?.bytes.count == 64)
        #expect(b.device.isUnderLoad(at: .at(1.4)))
        #expect(!b.device.isUnderLoad(at: .at(1.6)))
    }

    /// Messages that do not even know our public key cost little and count for nothing.
    @Test func garbageIsNoLoad() throws {
        let (a, b) = try pair()
        var message = try initiation(a, b, at: 0)
        message[120] ^= 1
        for _ in 0...3000 { b.receive(message, from: a.endpoint, now: .at(0.5)) }
        #expect(!b.device.isUnderLoad(at: .at(0.5)))
    }

    @Test func handshakeSucceedsUnderLoadByItsOwnTimers() throws {
        let (a, b) = try pair()
        b.device.forcesCookies = true
        let network = Network(seed: 3)
        network.join([a, b])
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .seconds(4))
        #expect(b.delivered.isEmpty)
        network.run(for: .seconds(2))
        #expect(b.delivered.count == 1)
    }
}

@Suite struct SourceLimiterTests {
    @Test func fiveAtOnceThenTwentyASecond() throws {
        var limiter = SourceLimiter()
        let source = try address("198.51.100.1")
        let burst = (0..<10).map { _ in limiter.allows(source, at: .start) }
        #expect(burst == [true, true, true, true, true, false, false, false, false, false])
        let steady = (1...40).map { limiter.allows(source, at: .at(Double($0) * 0.025)) }
        #expect(steady.count { $0 } == 20)
    }

    @Test func sourcesDoNotSpendEachOthersShare() throws {
        var limiter = SourceLimiter()
        for _ in 0..<6 { _ = limiter.allows(try address("198.51.100.1"), at: .start) }
        let other = limiter.allows(try address("198.51.100.2"), at: .start)
        #expect(other)
    }

    @Test func oneIPv6NetworkIsOneSource() throws {
        var limiter = SourceLimiter()
        let allowed = try (1...6).map { limiter.allows(try address("2001:db8::\($0)"), at: .start) }
        #expect(allowed.last == false)
        let other = limiter.allows(try address("2001:db8:0:1::1"), at: .start)
        #expect(other)
    }

    @Test func tableIsBoundedAndForgetsTheQuiet() {
        var limiter = SourceLimiter()
        var taken = 0
        for number in 0..<20_000 where limiter.allows(IPAddress(v4: UInt32(number)), at: .start) { taken += 1 }
        #expect(taken == SourceLimiter.maximumSources)
        #expect(limiter.sourceCount == SourceLimiter.maximumSources)
        let later = limiter.allows(IPAddress(v4: 30_000), at: .at(10))
        #expect(later)
        #expect(limiter.sourceCount == 1)
    }
}
