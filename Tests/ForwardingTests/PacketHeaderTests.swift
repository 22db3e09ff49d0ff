import Addressing
import Forwarding
import TestRandom
import Testing

@Suite struct PacketHeaderTests {
    private let a4 = address("10.0.0.1")
    private let b4 = address("10.0.0.2")
    private let a6 = address("fd00::1")
    private let b6 = address("fd00::2")

    private func fault(_ packet: [UInt8]) -> PacketFault? {
        do throws(PacketFault) {
            _ = try parse(packet)
            return nil
        } catch {
            return error
        }
    }

    @Test func portsAndAddressesAreReadFromBothFamilies() throws {
        for (a, b) in [(a4, b4), (a6, b6)] {
            let header = try parse(
                PacketBuilder.ip(6, from: a, to: b, payload: PacketBuilder.tcp([.syn, .ack], ports: (1234, 443))))
            #expect(header.sourceAddress == a)
            #expect(header.destinationAddress == b)
            #expect(header.sourcePort == 1234)
            #expect(header.destinationPort == 443)
            #expect(header.tcpFlags == [.syn, .ack])
            #expect(header.fragment == .whole)
        }
    }

    @Test func optionsAreSkippedAndSourceRoutesRefused() throws {
        let plain = PacketBuilder.ip(17, from: a4, to: b4, payload: PacketBuilder.udp(ports: (1, 2)))
        func withOptions(_ options: [UInt8]) -> [UInt8] {
            var packet = Array(plain[..<20]) + options + plain[20...]
            packet[0] = 0x45 + UInt8(options.count / 4)
            packet[3] += UInt8(options.count)
            return packet
        }
        #expect(try parse(withOptions([1, 148, 4, 0, 0, 0, 0, 0])).destinationPort == 2)
        #expect(fault(withOptions([131, 3, 4, 0])) == .sourceRouted)
        #expect(fault(withOptions([1, 137, 3, 4])) == .sourceRouted)
        #expect(fault(withOptions([148, 1, 0, 0])) == .malformed)
        #expect(fault(withOptions([148, 5, 0, 0])) == .malformed)
        #expect(fault(withOptions([1, 1, 1, 148])) == .malformed)
    }

    @Test func extensionHeadersAreFollowedUpToALimit() throws {
        func chain(_ headers: [UInt8]) -> [UInt8] {
            var payload: [UInt8] = []
            for (index, _) in headers.enumerated() {
                payload += [index + 1 < headers.count ? headers[index + 1] : 17, 0, 1, 4, 0, 0, 0, 0]
            }
            return PacketBuilder.ip(headers[0], from: a6, to: b6, payload: payload + PacketBuilder.udp(ports: (7, 9)))
        }
        #expect(try parse(chain([0, 60, 43])).destinationPort == 9)
        #expect(try parse(chain(Array(repeating: 60, count: 7))).sourcePort == 7)
        #expect(fault(chain(Array(repeating: 60, count: 9))) == .tooManyHeaders)
        var routed = chain([43])
        routed[42] = 0
        #expect(fault(routed) == .sourceRouted)
        // An option header that says it is longer than the packet.
        var long = chain([60])
        long[41] = 200
        #expect(fault(long) == .truncated)
    }

    @Test func fragmentsAreToldApart() throws {
        for (a, b) in [(a4, b4), (a6, b6)] {
            let datagram = PacketBuilder.udp(ports: (5, 6), payload: Array(repeating: 0, count: 16))
            let first = try parse(
                PacketBuilder.ip(17, from: a, to: b, payload: Array(datagram[..<16]), moreFragments: true, id: 77))
            let later = try parse(
                PacketBuilder.ip(17, from: a, to: b, payload: Array(datagram[16...]), fragmentOffset: 16, id: 77))
            #expect(first.fragment == .first && first.destinationPort == 6 && first.fragmentID == 77)
            #expect(later.fragment == .later && later.destinationPort == 0 && later.fragmentID == 77)
            #expect(later.protocolNumber == 17)
        }
    }

    @Test func fragmentsThatHideTheirHeaderAreRefused() {
        let header = PacketBuilder.tcp([.syn], ports: (5, 6))
        for (a, b) in [(a4, b4), (a6, b6)] {
            #expect(
                fault(PacketBuilder.ip(6, from: a, to: b, payload: Array(header[..<8]), moreFragments: true))
                    == .evasiveFragment)
            #expect(
                fault(PacketBuilder.ip(6, from: a, to: b, payload: Array(header[8...]), fragmentOffset: 8))
                    == .evasiveFragment)
            // The end of the datagram would lie beyond 65,535 bytes ("ping of death").
            #expect(
                fault(
                    PacketBuilder.ip(
                        17, from: a, to: b, payload: Array(repeating: 0, count: 64), fragmentOffset: 65_528))
                    == .malformed)
        }
    }

    @Test func everyPrefixOfAPacketIsRefusedOrReadWithoutHarm() {
        let quoted = PacketBuilder.ip(6, from: b4, to: a4, payload: PacketBuilder.tcp([.syn], ports: (5, 6)))
        let packets = [
            PacketBuilder.ip(6, from: a4, to: b4, payload: PacketBuilder.tcp([.ack], ports: (5, 6))),
            PacketBuilder.ip(1, from: a4, to: b4, payload: PacketBuilder.icmp(type: 3, payload: quoted)),
            PacketBuilder.ip(17, from: a6, to: b6, payload: PacketBuilder.udp(ports: (5, 6)), moreFragments: true),
        ]
        for packet in packets {
            #expect(fault(packet) == nil)
            for length in 0..<packet.count {
                #expect(fault(Array(packet[..<length])) == .truncated)
            }
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededRandom(1)
        var understood = 0
        for _ in 0..<50_000 {
            var packet = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if packet.count > 6, Bool.random(using: &random) {
                packet[0] = Bool.random(using: &random) ? 0x45 : 0x60
                packet[2] = 0
                packet[4] = 0
                packet[6] = [6, 17, 58, 44, 0, 43, 60].randomElement(using: &random) ?? 0
            }
            if fault(packet) == nil { understood += 1 }
        }
        #expect(understood > 300)
    }
}
