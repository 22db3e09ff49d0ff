import Addressing
import IPsec
import TestRandom
import Testing

@Suite struct SelectorTests {
    private static func v4(_ first: UInt32, _ last: UInt32, proto: UInt8 = 0, ports: TrafficSelector.Ports = .any)
        throws -> TrafficSelector
    {
        try #require(TrafficSelector(IPAddress(v4: first), IPAddress(v4: last), proto: proto, ports: ports))
    }

    /// From 10.1.0.1 to 10.2.0.1, with ports 1000 and 80.
    private static func packet(proto: UInt8 = 6, fragment: UInt8 = 0) -> [UInt8] {
        [0x45, 0, 0, 28, 0, 0, 0, fragment, 64, proto, 0, 0, 10, 1, 0, 1, 10, 2, 0, 1, 0x03, 0xE8, 0, 80, 0, 0, 0, 0]
    }

    private static func admits(
        _ packet: [UInt8], _ source: [TrafficSelector], _ destination: [TrafficSelector]
    ) -> Bool {
        packet.withUnsafeBytes { SelectorPair(source: source, destination: destination).admits($0) }
    }

    @Test func addressesDecide() throws {
        let (source, destination) = (try Self.v4(0x0A01_0000, 0x0A01_00FF), try Self.v4(0x0A02_0001, 0x0A02_0001))
        #expect(Self.admits(Self.packet(), [source], [destination]))
        #expect(!Self.admits(Self.packet(), [destination], [source]))
        #expect(!Self.admits(Self.packet(), [try Self.v4(0x0A01_0002, 0x0A01_00FF)], [destination]))
        #expect(!Self.admits(Self.packet(), [try Self.v4(0x0A00_0000, 0x0A01_0000)], [destination]))
        #expect(!Self.admits(Self.packet(), [], [destination]))
        #expect(!Self.admits(Array(Self.packet().prefix(19)), [source], [destination]))
        #expect(!Self.admits([], [source], [destination]))
    }

    @Test func protocolAndPortsDecide() throws {
        let web = try Self.v4(0, .max, proto: 6, ports: .init(first: 80, last: 80))
        let high = try Self.v4(0, .max, proto: 6, ports: .init(first: 1000, last: 2000))
        #expect(Self.admits(Self.packet(), [high], [web]))
        #expect(!Self.admits(Self.packet(), [web], [high]))
        #expect(!Self.admits(Self.packet(proto: 17), [high], [web]))
        // The ports of a later fragment cannot be seen.
        #expect(!Self.admits(Self.packet(fragment: 9), [high], [web]))
        let anyPort = try Self.v4(0, .max, proto: 6)
        #expect(Self.admits(Self.packet(fragment: 9), [anyPort], [anyPort]))
        let opaque = try Self.v4(0, .max, proto: 6, ports: .opaque)
        #expect(Self.admits(Self.packet(fragment: 9), [opaque], [opaque]))
    }

    @Test func icmpHasTypeAndCodeForPorts() throws {
        var echo = Self.packet(proto: 1)
        (echo[20], echo[21]) = (8, 0)
        let request = try Self.v4(0, .max, proto: 1, ports: .init(first: 0x0800, last: 0x0800))
        #expect(Self.admits(echo, [request], [request]))
        echo[20] = 0
        #expect(!Self.admits(echo, [request], [request]))
    }

    @Test func portsAreFoundBehindExtensionHeaders() throws {
        let all = IPAddress(v6: .max)
        let web = try #require(
            TrafficSelector(IPAddress(v6: 0), all, proto: 6, ports: .init(first: 80, last: 80)))
        let any = try #require(TrafficSelector(IPAddress(v6: 0), all))
        let head: [UInt8] = [0x60, 0, 0, 0, 0, 24, 0, 64] + [UInt8](repeating: 1, count: 32)
        let hopByHop: [UInt8] = [44, 0, 1, 4, 0, 0, 0, 0]
        let fragment: [UInt8] = [6, 0, 0, 1, 0, 0, 0, 9]
        let ports: [UInt8] = [0, 9, 0, 80, 0, 0, 0, 0]
        let packet = head + hopByHop + fragment + ports
        #expect(Self.admits(packet, [any], [web]))
        var later = packet
        later[51] = 9
        #expect(!Self.admits(later, [any], [web]))
        var short = Array(packet.dropLast(7))
        #expect(!Self.admits(short, [any], [web]))
        // A header that says it goes on past the end.
        short = packet
        short[41] = 255
        #expect(!Self.admits(short, [any], [web]))
    }

    @Test func whatComesInMustBeWhatTheSAIsFor() throws {
        let (source, destination) = (try Self.v4(0x0A01_0000, 0x0A01_00FF), try Self.v4(0x0A02_0000, 0x0A02_00FF))
        let ends = try #require(
            ESPEnds(SequenceTests.gcm, source: [source], destination: [destination]))
        let inside = Self.packet()
        var (from, to) = (inside, inside)
        from[13] = 9
        to[17] = 9
        let sealed = try #require(ends.seal([inside, from, inside, to, inside]))
        #expect(
            ends.open(sealed) == [
                .packet(inside), .dropped(.outsideSelectors), .packet(inside), .dropped(.outsideSelectors),
                .packet(inside),
            ])
    }
}
