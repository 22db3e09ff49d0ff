import Addressing
import Glibc
import PacketIO
import TestDatagrams
import TestLab
import Testing

/// Large packets between a TUN device and the kernel. The kernel forwards from one device to another: as it is to one that
/// takes large packets, in segments that it made itself to one that does not.
@Suite struct TUNOffloadTests {
    private struct Setup {
        /// 10.1.0.1, with offload.
        let from: TUNDevice
        /// 10.2.0.1, with offload.
        let large: TUNDevice
        /// 10.3.0.1, made without `IFF_VNET_HDR`, as others make it and hand it over.
        let plain: TUNDevice

        init() throws {
            from = try TUNDevice(name: "t0")
            large = try TUNDevice(name: "t1")
            plain = try TUNDevice(inherited: Self.plainDescriptor("t2"))
            let up = """
                for n in 0 1 2; do
                    sysctl -q net.ipv6.conf.t$n.disable_ipv6=1 net.ipv4.conf.t$n.rp_filter=0 || exit 1
                    ip link set t$n mtu 1500 up && ip address add 10.$((n + 1)).0.1/24 dev t$n || exit 1
                done
                sysctl -q net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
                """
            let result = try runCommand("sh", "-c", up)
            try #require(result.succeeded, "\(result.errors)")
        }

        private static func plainDescriptor(_ name: String) throws -> Int32 {
            let descriptor = open("/dev/net/tun", O_RDWR | O_CLOEXEC)
            try #require(descriptor >= 0)
            // struct ifreq: the name in 16 bytes, then the flags; TUNSETIFF with IFF_TUN | IFF_NO_PI.
            var request = Array(name.utf8) + [UInt8](repeating: 0, count: 40 - name.utf8.count)
            request.withUnsafeMutableBytes { $0.storeBytes(of: 0x1001, toByteOffset: 16, as: UInt16.self) }
            let made = request.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { ioctl(descriptor, 0x4004_54CA, $0) } ?? -1
            }
            try #require(made == 0)
            return descriptor
        }
    }

    /// An IPv4 packet of TCP or UDP from 10.1.0.2, whose checksum is still to be made.
    private static func packet(
        to destination: [UInt8], ttl: UInt8 = 64, isTCP: Bool, payload: Int, segmentSize: Int
    ) -> TUNPacket {
        func big(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 255), UInt8(number & 255)] }
        func sum(_ bytes: [UInt8]) -> Int {
            var sum = stride(from: 0, to: bytes.count, by: 2).reduce(0) {
                $0 + Int(bytes[$1]) << 8 + Int(bytes[$1 + 1])
            }
            while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
            return sum
        }
        let addresses: [UInt8] = [10, 1, 0, 2] + destination
        let count = (isTCP ? 20 : 8) + payload
        let pseudo = big(sum(addresses + big(isTCP ? 6 : 17) + big(count)))
        let transport: [UInt8] =
            isTCP
            ? big(4_000) + big(80) + [0, 0, 0x10, 0, 0, 0, 0, 1, 0x50, 0x18, 1, 0] + pseudo + [0, 0]
            : big(4_000) + big(53) + big(count) + pseudo
        var network: [UInt8] = [0x45, 0] + big(20 + count) + [0x12, 0x34, 0x40, 0, ttl, isTCP ? 6 : 17, 0, 0]
        network += addresses
        network.replaceSubrange(10..<12, with: big(~sum(network)))
        let type: VirtioNetHeader.SegmentationType = payload <= segmentSize ? .none : isTCP ? .tcp4 : .udp
        let header = VirtioNetHeader(
            flags: .needsChecksum, type: type, headerCount: UInt16(20 + transport.count),
            segmentSize: type == .none ? 0 : UInt16(segmentSize), checksumStart: 20,
            checksumOffset: isTCP ? 16 : 6)
        let text = (0..<payload).map { UInt8($0 / 251 ^ $0 & 255) }
        return TUNPacket(header: header, bytes: network + transport + text)
    }

    private static func segments(of packet: TUNPacket) throws -> [[UInt8]] {
        try packet.bytes.withUnsafeBytes { bytes in
            let large = try OffloadedPacket(packet.header, bytes)
            return (0..<large.segmentCount).map { index in
                var segment = [UInt8](repeating: 0, count: large.count(ofSegment: index))
                segment.withUnsafeMutableBytes { room in
                    if let base = room.baseAddress { _ = large.writeSegment(index, to: base) }
                }
                return segment
            }
        }
    }

    @Test func thisKernelHasAllOfIt() throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            #expect(setup.from.offload == .tcpAndUDP)
            #expect(setup.plain.offload == .none)
            // Handed over by one who made it with the header, as we do.
            #expect(try TUNDevice(inherited: dup(setup.from.descriptor.number)).offload == .tcpAndUDP)
        }
    }

    /// What goes to the kernel in one piece comes from it in one piece.
    @Test(arguments: [true, false], [1_500, 20_001, 60_000])
    func largePacketsPassInOnePiece(_ isTCP: Bool, _ payload: Int) throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let sent = Self.packet(to: [10, 2, 0, 2], isTCP: isTCP, payload: payload, segmentSize: 1_000)
            #expect(setup.from.write(sent) == 0)
            let read = try setup.large.readAll()
            #expect(read.count == 1)
            let arrived = try #require(read.first)
            let forwarded = Self.packet(to: [10, 2, 0, 2], ttl: 63, isTCP: isTCP, payload: payload, segmentSize: 1_000)
            #expect(arrived.bytes == forwarded.bytes)
            #expect(arrived.header.type.kind == (isTCP ? .tcp4 : .udp))
            #expect(arrived.header.segmentSize == 1_000)
            #expect(arrived.header.flags.contains(.needsChecksum))
            #expect(arrived.header.checksumStart == 20 && arrived.header.checksumOffset == (isTCP ? 16 : 6))
            #expect(try Self.segments(of: arrived) == Self.segments(of: forwarded))
        }
    }

    /// A device without offload gets the segments that the kernel made, whole; they are those that we make.
    @Test(arguments: [true, false], [1_500, 20_001, 60_000])
    func aDeviceWithoutOffloadBringsPieces(_ isTCP: Bool, _ payload: Int) throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let sent = Self.packet(to: [10, 3, 0, 2], isTCP: isTCP, payload: payload, segmentSize: 1_000)
            #expect(setup.from.write(sent) == 0)
            let forwarded = Self.packet(to: [10, 3, 0, 2], ttl: 63, isTCP: isTCP, payload: payload, segmentSize: 1_000)
            let read = try setup.plain.readAll()
            #expect(read.count == (payload + 999) / 1_000)
            #expect(read.map(\.bytes) == (try Self.segments(of: forwarded)))
            #expect(read.allSatisfy { $0.header == VirtioNetHeader() })
        }
    }

    /// Whole packets pass both kinds of devices, both ways.
    @Test func wholePacketsPassWithAndWithoutOffload() throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            for (device, subnet) in [(setup.large, 2), (setup.plain, 3)] as [(TUNDevice, UInt8)] {
                let partial = Self.packet(to: [10, subnet, 0, 2], isTCP: false, payload: 500, segmentSize: 1_000)
                let there = try #require(try Self.segments(of: partial).first)
                #expect(setup.from.write(there) == 0)
                let arrived = try device.readAll()
                #expect(
                    arrived.map { $0.bytes.count } == [528]
                        && arrived.first?.header.type == VirtioNetHeader.SegmentationType.none)
                #expect(arrived.first?.bytes.dropFirst(20) == there.dropFirst(20))
                // Back, with the addresses exchanged: neither checksum minds.
                var back = there
                back.replaceSubrange(12..<20, with: there[16..<20] + there[12..<16])
                #expect(device.write(back) == 0)
                #expect(try setup.from.readAll().map { $0.bytes.dropFirst(20) } == [there.dropFirst(20)])
            }
        }
    }

    /// The machine's own datagrams come without a checksum where the device says that it makes it, and complete elsewhere.
    @Test func whatNeedsAChecksumSaysSo() throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let sockets = try UDPSockets(port: 0)
            let outgoing = OutgoingDatagrams()
            for (tag, subnet) in ["10.2.0.2", "10.3.0.2"].enumerated() {
                let target = Endpoint(try #require(IPAddress(subnet)), port: 9)
                outgoing.add(7, count: 333, to: target, tag: UInt64(tag))
            }
            #expect(sockets.send(outgoing.queue))
            var partial = try #require(try setup.large.readAll().first)
            #expect(partial.header.flags.contains(.needsChecksum))
            #expect(partial.header.type == VirtioNetHeader.SegmentationType.none)
            #expect(!Self.isChecksumRight(partial.bytes))
            let header = partial.header
            #expect(partial.bytes.withUnsafeMutableBytes { OffloadedPacket.completeChecksum(header, in: $0) })
            #expect(Self.isChecksumRight(partial.bytes))
            let whole = try #require(try setup.plain.readAll().first)
            #expect(whole.bytes.count == 361 && Self.isChecksumRight(whole.bytes))
        }
    }

    /// A socket's datagrams in one piece come out of the device in one piece.
    @Test func datagramsOfASocketComeAsOneLargePacket() throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let sockets = try UDPSockets(port: 0)
            let outgoing = OutgoingDatagrams()
            for (tag, subnet) in ["10.2.0.2", "10.3.0.2"].enumerated() {
                let target = Endpoint(try #require(IPAddress(subnet)), port: 9)
                for number in 0..<10 as Range<UInt8> { outgoing.add(number, count: 900, to: target, tag: UInt64(tag)) }
            }
            #expect(sockets.send(outgoing.queue))
            let large = try setup.large.readAll()
            #expect(large.map(\.header.type) == [.udp] && large.first?.header.segmentSize == 900)
            let segments = try Self.segments(of: #require(large.first))
            let pieces = try setup.plain.readAll().map(\.bytes)
            for datagrams in [segments, pieces] {
                #expect(datagrams.map { $0.dropFirst(28) } == (0..<10).map { [UInt8](repeating: $0, count: 900)[...] })
                #expect(datagrams.allSatisfy(Self.isChecksumRight))
            }
        }
    }

    /// Of a UDP packet over IPv4.
    private static func isChecksumRight(_ packet: [UInt8]) -> Bool {
        var bytes = Array(packet[12...])
        bytes += [0, 17] + packet[24..<26]
        if !bytes.count.isMultiple(of: 2) { bytes.insert(0, at: packet.count - 12) }
        var sum = stride(from: 0, to: bytes.count, by: 2).reduce(0) { $0 + Int(bytes[$1]) << 8 + Int(bytes[$1 + 1]) }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return sum == 0xFFFF
    }
}
