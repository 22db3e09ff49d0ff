import PacketIO
import TestPackets
import TestRandom
import Testing

@Suite struct OffloadMergeTests {
    private static let size = 100

    /// Segments that follow each other.
    private static func stream(_ count: Int, isIPv4: Bool = true, isTCP: Bool = true) -> [TestPacket] {
        TestPacket(
            isIPv4: isIPv4, isTCP: isTCP, options: isTCP ? [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2] : [],
            payload: (0..<(count * size)).map { UInt8(truncatingIfNeeded: $0 &* 3) }
        ).segments(of: size)
    }

    private static let kinds = [(true, true), (true, false), (false, true), (false, false)]

    @Test func aSplitPacketMergesIntoItselfAgain() throws {
        let bench = MergeBench()
        for (isIPv4, isTCP) in Self.kinds {
            for rest in [0, 1, 99] {
                var large = TestPacket(isIPv4: isIPv4, isTCP: isTCP, id: 65_530, sequence: .max - 5)
                large.payload = SeededRandom.bytes(20 * Self.size + rest)
                large.flags = 0x19
                let header = large.offloadHeader(segmentSize: Self.size)
                let segments = try split(header, large.partialBytes)
                let result = bench.merge(segments)
                let expected = Merged(header: header, bytes: large.partialBytes, packets: segments.count, first: 0)
                // The large packet's own IPv4 checksum is made, although no one needs it.
                #expect(result == [expected])
            }
        }
    }

    @Test func whateverIsFedComesOutInOrderAndUnaltered() throws {
        var random = SeededRandom(5)
        let bench = MergeBench()
        var fed = 0
        var written = 0
        for round in 0..<300 {
            let isTroubled = round % 3 != 0
            let count = UInt8.random(in: 1...6, using: &random)
            var flows: [RandomFlow] = []
            for host in 0..<count { flows.append(RandomFlow(&random, host: host, isTroubled: isTroubled)) }
            var packets: [[UInt8]] = []
            while packets.count < 64 {
                let flow = Int.random(in: 0..<flows.count, using: &random)
                for _ in 0..<Int.random(in: 1...8, using: &random) where packets.count < 64 {
                    packets.append(flows[flow].packet(&random))
                }
            }
            let result = bench.merge(packets)
            fed += packets.count
            written += result.count
            #expect(result.reduce(0) { $0 + $1.packets } == packets.count)
            // Each flow's packets, in order, as they come out of the kernel.
            let owners = packets.enumerated().map { index, bytes in flowKey(of: bytes) ?? [UInt8(index)] }
            var waiting = Dictionary(grouping: packets.indices) { owners[$0] }.mapValues { $0[...] }
            for merged in result {
                let owner = owners[merged.first]
                let parts = try split(merged.header, merged.bytes)
                #expect(parts.count == merged.packets)
                #expect(waiting[owner]?.first == merged.first)
                for part in parts {
                    let next = waiting[owner]?.popFirst()
                    let index = try #require(next)
                    #expect(part == packets[index], "round \(round), packet \(index)")
                }
            }
            #expect(waiting.values.allSatisfy { $0.isEmpty })
        }
        #expect(written * 2 < fed, "\(written) of \(fed)")
    }

    @Test func onlyPacketsThatFollowEachOtherAreMerged() {
        let bench = MergeBench()
        func merges(_ isIPv4: Bool, _ isTCP: Bool, _ change: (inout TestPacket) -> Void) -> Bool {
            var pair = Self.stream(2, isIPv4: isIPv4, isTCP: isTCP)
            change(&pair[1])
            let originals = pair.map(\.bytes)
            let result = bench.merge(originals)
            #expect(result.count == 1 || result.map(\.bytes) == originals)
            #expect(result.count == 1 || result.allSatisfy { $0.header == VirtioNetHeader() })
            return result.count == 1
        }
        for (isIPv4, isTCP) in Self.kinds {
            #expect(merges(isIPv4, isTCP) { _ in })
            #expect(merges(isIPv4, isTCP) { $0.payload.removeLast() })
            #expect(!merges(isIPv4, isTCP) { $0.payload.append(1) })
            #expect(!merges(isIPv4, isTCP) { $0.payload = [] })
            #expect(!merges(isIPv4, isTCP) { $0.ttl -= 1 })
            #expect(!merges(isIPv4, isTCP) { $0.trafficClass = 1 })
            #expect(!merges(isIPv4, isTCP) { $0.host = 9 })
            #expect(!merges(isIPv4, isTCP) { $0.ports.0 = 1 })
            #expect(!merges(isIPv4, isTCP) { $0.ports.1 = 1 })
            if isIPv4 {
                #expect(!merges(isIPv4, isTCP) { $0.fragment = 0 })
                #expect(!merges(isIPv4, isTCP) { $0.fragment = 0xC000 })
                #expect(!merges(isIPv4, isTCP) { $0.fragment = 0x2000 })
                #expect(!merges(isIPv4, isTCP) { $0.fragment = 1 })
                #expect(!merges(isIPv4, isTCP) { $0.id += 1 })
                #expect(merges(isIPv4, isTCP) { $0.id -= 1 })
                #expect(!merges(isIPv4, isTCP) { $0.networkOptions = [1, 1, 1, 0] })
            } else {
                #expect(!merges(isIPv4, isTCP) { $0.flowLabel = 1 })
                #expect(!merges(isIPv4, isTCP) { $0.extensions = [60] })
            }
            if isTCP {
                #expect(!merges(isIPv4, isTCP) { $0.sequence += 1 })
                #expect(!merges(isIPv4, isTCP) { $0.acknowledgement += 1 })
                #expect(!merges(isIPv4, isTCP) { $0.window += 1 })
                #expect(!merges(isIPv4, isTCP) { $0.urgent += 1 })
                #expect(!merges(isIPv4, isTCP) { $0.options[11] = 3 })
                #expect(!merges(isIPv4, isTCP) { $0.options = [] })
                for flag in [0x02, 0x04, 0x20, 0x40, 0x80, 0x100, 0x800] as [UInt16] {
                    #expect(!merges(isIPv4, isTCP) { $0.flags |= flag })
                }
                #expect(!merges(isIPv4, isTCP) { $0.flags = 0 })
                #expect(merges(isIPv4, isTCP) { $0.flags |= 0x08 })
                #expect(merges(isIPv4, isTCP) { $0.flags |= 0x01 })
            } else {
                #expect(!merges(isIPv4, isTCP) { $0.omitsChecksum = true })
            }
        }
    }

    @Test func packetsWithWrongChecksumsPassAlone() {
        let bench = MergeBench()
        for (isIPv4, isTCP) in Self.kinds {
            for wrong in 0..<4 {
                var packets = Self.stream(4, isIPv4: isIPv4, isTCP: isTCP).map(\.bytes)
                packets[wrong][packets[wrong].count - 1] ^= 0x10
                let result = bench.merge(packets)
                #expect(result.first { $0.first == wrong }?.bytes == packets[wrong])
                #expect(result.first { $0.first == wrong }?.packets == 1)
                let groups = [[1, 3], [1, 1, 2], [2, 1, 1], [3, 1]][wrong]
                #expect(result.map(\.packets) == groups)
            }
        }
        var packets = Self.stream(2).map(\.bytes)
        packets[1][10] ^= 1
        #expect(bench.merge(packets).map(\.bytes) == packets)
    }

    @Test func flagsAndShortPacketsEndWhatTheyJoin() {
        let bench = MergeBench()
        var packets = Self.stream(6)
        packets[2].flags |= 0x08
        #expect(bench.groups(packets) == [3, 3])
        packets[0].flags |= 0x08
        #expect(bench.groups(packets) == [1, 2, 3])
        packets = Self.stream(4)
        packets[1].payload.removeLast()
        packets[2].sequence -= 1
        packets[3].sequence -= 1
        #expect(bench.groups(packets) == [2, 2])
        // ECN's echo stays as long as it lasts.
        packets = Self.stream(4)
        for index in 0..<3 { packets[index].flags |= 0x40 }
        #expect(bench.groups(packets) == [3, 1])
        // CWR is on one packet of many, and a counter for newer stacks.
        packets = Self.stream(4)
        packets[0].flags |= 0x80
        #expect(bench.groups(packets) == [1, 3])
    }

    @Test func identificationsThatStandStillComeOutCountedUp() throws {
        let bench = MergeBench()
        var packets = Self.stream(4)
        for index in packets.indices { packets[index].id = 0 }
        let result = bench.merge(packets)
        #expect(result.map(\.packets) == [4])
        for index in packets.indices { packets[index].id = UInt16(index) }
        #expect(try split(result[0].header, result[0].bytes) == packets.map(\.bytes))
        // Once the first two differ they count, and the other way round.
        packets[3].id = 2
        #expect(bench.groups(packets) == [3, 1])
        packets = Self.stream(4)
        (packets[1].id, packets[2].id, packets[3].id) = (0, 1, 2)
        #expect(bench.groups(packets) == [2, 2])
        // Where fragmenting is allowed they must count.
        for index in packets.indices { (packets[index].id, packets[index].fragment) = (0, 0) }
        #expect(bench.groups(packets) == [1, 1, 1, 1])
    }

    @Test func whatIsNotMergedIsNotOvertakenInItsFlow() {
        let bench = MergeBench()
        let stream = Self.stream(4)
        func groups(_ inserted: TestPacket) -> [[Int]] {
            let result = bench.merge([stream[0], stream[1], inserted, stream[2], stream[3]])
            return result.map { [$0.first, $0.packets] }
        }
        var other = stream[0]
        other.payload = []
        #expect(groups(other) == [[0, 2], [2, 1], [3, 2]])
        other.ports.0 += 1
        #expect(groups(other) == [[0, 4], [2, 1]])
        // Fragments do not tell their ports.
        other.fragment = 0x2000
        #expect(groups(other) == [[0, 2], [2, 1], [3, 2]])
        other.host += 1
        #expect(groups(other) == [[0, 4], [2, 1]])
        other = TestPacket(isTCP: false, payload: [1])
        #expect(groups(other) == [[0, 4], [2, 1]])
    }

    @Test func mergedPacketsKeepTheirLimits() {
        var large = TestPacket(payload: SeededRandom.bytes(64_000))
        let bench = MergeBench(capacity: 1000)
        #expect(bench.groups(large.segments(of: 1000)) == [64])
        large.payload = SeededRandom.bytes(70_000)
        #expect(bench.groups(large.segments(of: 1000)) == [65, 5])
        large.payload = SeededRandom.bytes(1000)
        #expect(bench.groups(large.segments(of: 1)) == [1000])
        large.isTCP = false
        large.payload = SeededRandom.bytes(200)
        #expect(bench.groups(large.segments(of: 1)) == [64, 64, 64, 8])
        // To the last byte: 65,535 with 40 bytes of headers, and not one more.
        large.isTCP = true
        large.payload = SeededRandom.bytes(65_495)
        #expect(bench.groups(large.segments(of: 5_000)) == [14])
        large.payload.append(1)
        #expect(bench.groups(large.segments(of: 5_000)) == [13, 1])
    }

    @Test func datagramsAreMergedOnlyWhereTheDeviceTakesThem() {
        let bench = MergeBench(mergesUDP: false)
        let packets = Self.stream(3, isTCP: false)
        let result = bench.merge(packets)
        #expect(result.map(\.bytes) == packets.map(\.bytes))
        #expect(bench.groups(Self.stream(3)) == [3])
    }

    @Test func manyFlowsAtOnceStayApart() {
        let flows = 250
        let bench = MergeBench(capacity: 1000)
        for seed in 0..<3 {
            var packets: [TestPacket] = []
            for index in 0..<4 {
                for flow in 0..<flows {
                    var packet = Self.stream(4)[index]
                    packet.host = UInt8(flow)
                    packet.ports.0 = UInt16(seed)
                    packets.append(packet)
                }
            }
            let result = bench.merge(packets)
            #expect(result.reduce(0) { $0 + $1.packets } == 1000)
            #expect(result.filter { $0.packets == 4 }.count > flows * 9 / 10)
        }
    }

    @Test func whatWasForgottenDoesNotComeOut() {
        let bench = MergeBench()
        let stream = Self.stream(4)
        let guarded = GuardedMemory()
        let memory = guarded.place(0)
        guard let base = memory.baseAddress else { return }
        bench.merger.feed(base, count: 0, tag: 9)
        #expect(bench.merger.count == 1 && !bench.merger.isFull)
        bench.merger.removeAll()
        #expect(bench.merge(stream).map(\.packets) == [4])
        #expect(bench.merge([stream[0].bytes, [], [0x45]]).map(\.bytes) == [stream[0].bytes, [], [0x45]])
    }
}
