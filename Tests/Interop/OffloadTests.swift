import PacketIO
import TestPackets
import TestRandom
import Testing

/// Splitting and merging against the kernel's own, byte for byte: the kernel is the reference.
@Suite(.serialized) struct OffloadTests {
    // MARK: Splitting

    /// A large packet in at one device; out at one that takes no large ones, where the kernel splits it.
    @Test func largePacketsAreSplitAsTheKernelSplitsThem() throws {
        try inNewNetworkNamespace {
            let road = try OffloadRoad()
            try road.setOffloads(false)
            var random = SeededRandom(11)
            var split = 0
            for round in 0..<1500 {
                let (packet, size) = Self.largePacket(&random)
                let header = packet.offloadHeader(segmentSize: size)
                #expect(road.write(header, packet.partialBytes), "round \(round)")
                let theirs = road.read()
                let ours = try TestPackets.split(header, packet.afterOneHop.partialBytes)
                #expect(theirs.map(\.bytes) == ours, "round \(round), \(size): \(packet.afterOneHop)")
                #expect(theirs.allSatisfy { $0.header.type == .none })
                split += ours.count > 1 ? 1 : 0
            }
            #expect(split > 700)
        }
    }

    /// Large packets as the kernel hands them over are accepted, and come to the same.
    @Test func largePacketsThatTheKernelHandsOverAreUnderstood() throws {
        try inNewNetworkNamespace {
            let road = try OffloadRoad()
            try road.setOffloads(true)
            var random = SeededRandom(12)
            var large = 0
            for round in 0..<1000 {
                let (packet, size) = Self.largePacket(&random)
                road.write(packet.offloadHeader(segmentSize: size), packet.partialBytes)
                var segments: [[UInt8]] = []
                for arrived in road.read() {
                    segments += try TestPackets.split(arrived.header, arrived.bytes)
                    large += arrived.header.type == .none ? 0 : 1
                }
                let hopped = packet.afterOneHop
                let expected = packet.payload.count > size ? hopped.segments(of: size) : [hopped]
                #expect(segments == expected.map(\.bytes), "round \(round), \(size): \(packet)")
            }
            #expect(large > 400)
        }
    }

    private static func largePacket(_ random: inout SeededRandom) -> (TestPacket, size: Int) {
        var packet = TestPacket(isIPv4: random.chance(1, in: 2), isTCP: !random.chance(1, in: 3))
        packet.id = UInt16.random(in: 0...0xFFFF, using: &random)
        packet.fragment = random.chance(1, in: 2) ? 0x4000 : 0
        packet.trafficClass = UInt8.random(in: 0...255, using: &random)
        packet.ttl = UInt8.random(in: 2...255, using: &random)
        packet.flowLabel = UInt32.random(in: 0...0xFFFFF, using: &random)
        packet.sequence = UInt32.random(in: 0...UInt32.max, using: &random)
        packet.acknowledgement = UInt32.random(in: 0...UInt32.max, using: &random)
        packet.flags = UInt16.random(in: 0...0xFFF, using: &random)
        packet.window = UInt16.random(in: 0...0xFFFF, using: &random)
        packet.options = random.bytes(4 * Int.random(in: 0...10, using: &random))
        packet.networkOptions = random.chance(1, in: 5) ? [1, 1, 1, 0] : []
        packet.extensions = random.chance(1, in: 5) ? [0, 60] : []
        let size = Int.random(in: 8...(random.chance(1, in: 2) ? 40 : 9000), using: &random)
        let limit = min(65_535 - packet.headerCount, size * 40)
        var count = Int.random(in: 1...limit, using: &random)
        // Options count as payload where the kernel asks whether a packet is large, and only there: it hands over
        // none of those that are between, and refuses them.
        if count <= size, count + packet.options.count > size { count = size + 1 }
        packet.payload = random.bytes(count)
        return (packet, size)
    }

    // MARK: Merging

    /// What we merge and the kernel splits again is what would have come out of the packets themselves.
    @Test func theKernelSplitsMergedPacketsIntoTheOriginals() throws {
        try inNewNetworkNamespace {
            let road = try OffloadRoad()
            try road.setOffloads(false)
            var random = SeededRandom(13)
            let bench = MergeBench(capacity: 32)
            var written = 0
            let rounds = 2000
            for round in 0..<rounds {
                let packets = Self.batch(&random, isTroubled: round % 4 != 0, count: 32)
                for packet in packets { road.write(VirtioNetHeader(), packet) }
                let alone = road.read().map(\.bytes)
                let merged = bench.merge(packets)
                written += merged.count
                for packet in merged { road.write(packet.header, packet.bytes) }
                let together = road.read().map(\.bytes)
                #expect(Self.byFlow(together) == Self.byFlow(alone), "round \(round)")
            }
            #expect(written < rounds * 32 / 2)
        }
    }

    /// The kernel's own merging of the same packets gives the same groups, and large packets that are equal byte for
    /// byte. Not compared are packets without a right checksum, and datagrams without payload or checksum: the kernel
    /// lets them overtake the others of their flow, which we do not.
    @Test func packetsAreGroupedAsTheKernelGroupsThem() throws {
        try inNewNetworkNamespace {
            let road = try OffloadRoad(mergesOnEntry: true)
            try road.setOffloads(true)
            let bench = MergeBench(capacity: 24)
            var random = SeededRandom(14)
            for round in 0..<60 {
                let packets = Self.mildBatch(&random, count: 24)
                let ours = bench.merge(packets.map { $0.afterOneHop.bytes }).map { Arrived($0.header, $0.bytes) }
                let expected = Arrived.byFlow(ours)
                let written = packets.map { OffloadRoad.written(VirtioNetHeader(), $0.bytes) }
                var theirs: [[UInt8]: [Arrived]] = [:]
                // A tick of the kernel's clock makes it give out what it holds: then once more.
                for _ in 0..<20 where theirs != expected {
                    for packet in written { road.write(packet) }
                    theirs = Arrived.byFlow(road.readAll().map { Arrived($0.header, $0.bytes) })
                }
                #expect(theirs == expected, "round \(round)")
            }
        }
    }

    /// A packet as the device gives it, without what the kernel only hints at.
    private struct Arrived: Equatable {
        let type: VirtioNetHeader.SegmentationType
        let segmentSize: UInt16
        let bytes: [UInt8]

        init(_ header: VirtioNetHeader, _ bytes: [UInt8]) {
            type = header.type
            segmentSize = header.segmentSize
            self.bytes = bytes
        }

        static func byFlow(_ packets: [Arrived]) -> [[UInt8]: [Arrived]] {
            Dictionary(grouping: packets) { flowKey(of: $0.bytes) ?? [] }
        }
    }

    /// Packets of several flows, with whatever a network may do to them.
    private static func batch(_ random: inout SeededRandom, isTroubled: Bool, count: Int) -> [[UInt8]] {
        var flows: [RandomFlow] = []
        for host in 1...UInt8.random(in: 1...4, using: &random) {
            flows.append(RandomFlow(&random, host: host, isTroubled: isTroubled))
        }
        var packets: [[UInt8]] = []
        while packets.count < count {
            let flow = Int.random(in: 0..<flows.count, using: &random)
            for _ in 0..<Int.random(in: 1...8, using: &random) where packets.count < count {
                packets.append(flows[flow].packet(&random))
            }
        }
        return packets
    }

    /// Packets of several flows, each one such that the kernel forwards it, and with changes on which all kernels
    /// agree whether they end a large packet.
    private static func mildBatch(_ random: inout SeededRandom, count: Int) -> [TestPacket] {
        var flows: [RandomFlow] = []
        for host in 1...UInt8.random(in: 1...4, using: &random) {
            flows.append(RandomFlow(&random, host: host, isTroubled: false))
        }
        var packets: [TestPacket] = []
        while packets.count < count {
            let flow = Int.random(in: 0..<flows.count, using: &random)
            for _ in 0..<Int.random(in: 1...8, using: &random) where packets.count < count {
                var packet = flows[flow].sound(&random)
                if !packet.isTCP, packet.payload.isEmpty { packet.payload = [0] }
                switch Int.random(in: 0..<50, using: &random) {
                case 0: packet.ttl = 3
                case 1: packet.trafficClass = 2
                case 2: packet.acknowledgement += 1
                case 3: packet.window += 1
                case 4: packet.sequence &-= 1
                case 5: packet.flags |= 0x01
                case 6: packet.flags |= 0x40
                case 7: packet.flags |= 0x100
                case 8: packet.fragment ^= 0x4000
                case 9: packet.id &+= 7
                // Only where it has a meaning: elsewhere the kernel lets it stand still, which it cannot tell a TUN
                // device.
                case 10 where packet.fragment == 0: packet.id &-= 1
                case 11: packet.options = random.bytes(4 * Int.random(in: 0...10, using: &random))
                case 12: packet.payload = random.bytes(flows[flow].size + 1)
                case 13: packet.flags |= 0x02
                case 14: packet.flags |= 0x04
                case 15: packet.flags |= 0x20
                default: break
                }
                packets.append(packet)
            }
        }
        return packets
    }

    private static func byFlow(_ packets: [[UInt8]]) -> [[UInt8]: [[UInt8]]] {
        Dictionary(grouping: packets) { flowKey(of: $0) ?? [] }
    }
}

extension TestPacket {
    /// As a router passes it on.
    fileprivate var afterOneHop: TestPacket {
        var packet = self
        packet.ttl -= OffloadRoad.hops
        return packet
    }
}
