import Addressing
import IPsec
import OpenSSL
import TestRandom
import Testing
import Tunneling

@Suite struct OutboundTableTests {
    /// The obvious way to do it.
    private struct Reference {
        /// The newest first.
        var sas: [OutboundSA] = []

        func sa(for packet: [UInt8]) -> OutboundSA? {
            packet.withUnsafeBytes { packet in sas.first { $0.selectors.admits(packet) } }
        }
    }

    private static func sa(_ spi: UInt32, to destination: [TrafficSelector]) throws -> OutboundSA {
        let suite = ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: true)
        return try #require(
            OutboundSA(
                spi: spi, inboundSPI: spi, suite: suite,
                keys: SecretBytes(copying: [UInt8](repeating: 1, count: suite.keyingCount)),
                selectors: SelectorPair(source: TrafficSelector.all, destination: destination),
                path: ESPEnds.path))
    }

    /// In a space so small that they overlap in every way.
    private static func selector(_ random: inout SeededRandom) throws -> TrafficSelector {
        let ports: TrafficSelector.Ports =
            Bool.random(using: &random)
            ? .any : .init(first: 0, last: UInt16.random(in: 0...2, using: &random))
        let proto: UInt8 = ports == .any && Bool.random(using: &random) ? 0 : 17
        if Int.random(in: 0..<3, using: &random) == 0 {
            let length = Int.random(in: 120...128, using: &random)
            let address = IPAddress(v6: UInt128.random(in: 0..<256, using: &random))
            return TrafficSelector(try #require(IPPrefix(address, length: length)), proto: proto, ports: ports)
        }
        let ends = (0..<2).map { _ in UInt32.random(in: 0..<256, using: &random) }.sorted()
        let isPrefix = Bool.random(using: &random)
        let length = Int.random(in: 24...32, using: &random)
        return isPrefix
            ? TrafficSelector(
                try #require(IPPrefix(IPAddress(v4: ends[0]), length: length)), proto: proto, ports: ports)
            : try #require(TrafficSelector(IPAddress(v4: ends[0]), IPAddress(v4: ends[1]), proto: proto, ports: ports))
    }

    private static func packet(_ random: inout SeededRandom) -> [UInt8] {
        let ports: [UInt8] = [0, 9, 0, UInt8.random(in: 0...3, using: &random)]
        let last = UInt8.random(in: 0...255, using: &random)
        let proto: UInt8 = Bool.random(using: &random) ? 17 : 47
        return Bool.random(using: &random)
            ? [0x45, 0, 0, 24, 0, 0, 0, 0, 64, proto, 0, 0, 1, 2, 3, 4, 0, 0, 0, last] + ports
            : [0x60, 0, 0, 0, 0, 4, proto, 64] + [UInt8](repeating: 0, count: 31) + [last] + ports
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>) func itFindsWhatTheSlowWayFinds(seed: UInt64) throws {
        var random = SeededRandom(seed)
        var (table, reference) = (OutboundTable(), Reference())
        for round in 0..<150 as Range<UInt32> {
            if Int.random(in: 0..<3, using: &random) > 0 || reference.sas.isEmpty {
                let count = Int.random(in: 0...4, using: &random)
                let sa = try Self.sa(round + 1, to: (0..<count).map { _ in try Self.selector(&random) })
                table.insert(sa)
                reference.sas.insert(sa, at: 0)
            } else {
                let gone = reference.sas.remove(at: Int.random(in: 0..<reference.sas.count, using: &random))
                table.remove(inboundSPI: gone.inboundSPI)
            }
            #expect(table.count == reference.sas.count && table.newest === reference.sas.first)
            for _ in 0..<20 {
                let packet = Self.packet(&random)
                #expect(packet.withUnsafeBytes { table.sa(for: $0) } === reference.sa(for: packet))
            }
        }
        for sa in reference.sas { table.remove(inboundSPI: sa.inboundSPI) }
        #expect(table.isEmpty && table.newest == nil)
    }

    /// Of what is no packet nothing is found, and an SA that is found by too many prefixes is found nevertheless.
    @Test func oddOnesAreFound() throws {
        var table = OutboundTable()
        let ragged = try (0..<60 as Range<UInt32>).map { index in
            try #require(TrafficSelector(IPAddress(v4: index << 8 | 1), IPAddress(v4: index << 8 | 0xFD)))
        }
        let sa = try Self.sa(1, to: ragged)
        table.insert(sa)
        var packet: [UInt8] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 1, 2, 3, 4, 0, 0, 59, 0xFD]
        #expect(packet.withUnsafeBytes { table.sa(for: $0) } === sa)
        packet[19] = 0xFE
        #expect(packet.withUnsafeBytes { table.sa(for: $0) } == nil)
        #expect([0x45, 0].withUnsafeBytes { table.sa(for: $0) } == nil)
        table.remove(inboundSPI: 1)
        #expect(table.isEmpty)
    }

    /// A pool's addresses, one for each device.
    @Test func manyDevicesAreEachFoundByTheirAddress() throws {
        var table = OutboundTable()
        let sas = try (0..<5_000 as Range<UInt32>).map { index in
            try Self.sa(index + 256, to: [TrafficSelector(IPPrefix(host: IPAddress(v4: 0x0A00_0000 + index)))])
        }
        for sa in sas { table.insert(sa) }
        for (index, sa) in sas.enumerated() {
            let tail: [UInt8] = [10, 0, UInt8(index >> 8), UInt8(index & 0xFF)]
            let packet: [UInt8] = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 1, 2, 3, 4] + tail
            #expect(packet.withUnsafeBytes { table.sa(for: $0) } === sa)
        }
    }
}
