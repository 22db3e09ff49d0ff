import Addressing
import TestRandom
import Testing
import Tunneling
import WireGuard

/// Nothing that comes from the network traps, whatever it is: random bytes of every length under every type, and genuine
/// messages that were changed, cut, or put together anew.
@Suite struct MalformedMessageTests {
    private func hosts() throws -> (Host, Host) {
        let a = try Host(1)
        let b = try Host(2)
        try a.add(b, at: b.endpoint)
        try b.add(a, at: a.endpoint)
        return (a, b)
    }

    @Test func randomBytesOfEveryLengthAreDropped() throws {
        let (a, b) = try hosts()
        var generator = SeededRandom(77)
        for count in 0...2000 {
            for type in 0...5 as ClosedRange<UInt8> {
                var bytes = generator.bytes(count)
                if count > 0 { bytes[0] = type }
                for index in 1..<4 where index < count { bytes[index] = 0 }
                guard case .dropped = b.receive(bytes, from: a.endpoint, now: .at(Double(count))) else {
                    Issue.record("\(count) bytes of type \(type) were taken")
                    return
                }
            }
        }
        #expect(b.device.isOutboxEmpty)
    }

    @Test func everyLengthOfAGenuineMessageButItsOwnIsDropped() throws {
        let (a, b) = try hosts()
        let initiation = try #require(try a.send(a.packet(to: b), to: b, now: .start).1.first).bytes
        for count in 0..<initiation.count {
            guard case .dropped = b.receive(Array(initiation.prefix(count)), from: a.endpoint, now: .start) else {
                Issue.record("\(count) bytes were taken")
                return
            }
        }
        #expect(b.receive(initiation + [0], from: a.endpoint, now: .start) == .dropped(.malformed))
        #expect(b.receive(initiation, from: a.endpoint, now: .start) == .handled)
    }

    /// Two devices talk, and a third party throws mutations of what it saw at both, at shifting times.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func mutationsOfGenuineTrafficDoNoHarm(seed: UInt64) throws {
        let (a, b) = try hosts()
        let network = Network(seed: seed)
        network.join([a, b])
        var seen: [[UInt8]] = []
        network.tap = { _, _, _, bytes in
            if seen.count < 200 { seen.append(bytes) }
        }
        var generator = SeededRandom(seed)
        for round in 0..<150 {
            try network.send(a.packet(to: b, generator.bytes(round % 60)), from: a, to: b)
            if round.isMultiple(of: 3) { try network.send(b.packet(to: a), from: b, to: a) }
            for _ in 0..<10 {
                guard var bytes = seen.randomElement(using: &generator) else { continue }
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    switch Int.random(in: 0..<5, using: &generator) {
                    case 0:
                        bytes[Int.random(in: bytes.indices, using: &generator)] ^=
                            1 << UInt8.random(in: 0..<8, using: &generator)
                    case 1: bytes = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &generator)))
                    case 2: bytes += generator.bytes(Int.random(in: 1...40, using: &generator))
                    case 3: bytes[0] = UInt8.random(in: 0...5, using: &generator)
                    default:
                        guard let other = seen.randomElement(using: &generator) else { continue }
                        let cut = Int.random(in: 0..<min(bytes.count, other.count), using: &generator)
                        bytes = Array(bytes[..<cut] + other[cut...])
                    }
                }
                let target = Bool.random(using: &generator) ? a : b
                target.device.forcesCookies = generator.chance(300, in: 1000)
                guard !seen.contains(bytes) else { continue }
                if case .packet = target.receive(bytes, from: try endpoint("198.51.100.66:6"), now: network.now) {
                    Issue.record("a forgery was delivered")
                    return
                }
                _ = target.device.takeOutbox()
            }
            a.device.forcesCookies = false
            b.device.forcesCookies = false
            network.run(for: .milliseconds(UInt64.random(in: 1...6000, using: &generator)))
        }
        // It has held: they still talk.
        network.run(for: .seconds(30))
        b.forgetDelivered()
        try network.send(a.packet(to: b), from: a, to: b)
        network.run(for: .seconds(12))
        #expect(b.delivered.count == 1)
    }
}
