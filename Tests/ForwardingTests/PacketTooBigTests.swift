import Addressing
import Forwarding
import Testing

@Suite struct PacketTooBigTests {
    private let a4 = address("10.0.0.1")
    private let b4 = address("10.0.0.2")
    private let a6 = address("fd00::1")
    private let b6 = address("fd00::2")

    private func answer(_ packet: [UInt8], mtu: Int = 1_400) -> [UInt8]? {
        var room = [UInt8](repeating: 0xEE, count: PacketTooBig.maximumCount)
        let count = packet.withUnsafeBytes { packet in
            room.withUnsafeMutableBytes { PacketTooBig.answer(to: packet, mtu: mtu, into: $0) }
        }
        return count.map { Array(room[..<$0]) }
    }

    private func udp(_ count: Int, from: IPAddress, to: IPAddress) -> [UInt8] {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        return PacketBuilder.ip(17, from: from, to: to, payload: PacketBuilder.udp(ports: (7, 9), payload: payload))
    }

    /// The ones' complement sum of 16-bit words; 0xFFFF where a checksum among them is right.
    private func sum(_ bytes: [UInt8]) -> Int {
        var sum = 0
        for (index, byte) in bytes.enumerated() { sum += index % 2 == 0 ? Int(byte) << 8 : Int(byte) }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return sum
    }

    @Test(arguments: [20, 548, 549, 1_500, 65_507]) func overIPv4ItIsFragmentationNeeded(_ count: Int) throws {
        let packet = udp(count - 28 < 0 ? 0 : count - 28, from: a4, to: b4)
        let answer = try #require(self.answer(packet, mtu: 65_460))
        let header = try parse(answer)
        #expect(header.sourceAddress == b4 && header.destinationAddress == a4)
        #expect(header.protocolNumber == 1 && header.totalLength == answer.count)
        #expect(answer.count == min(576, 28 + packet.count))
        #expect(Array(answer[20...27]) == [3, 4, answer[22], answer[23], 0, 0, 0xFF, 0xB4])
        #expect(Array(answer[28...]) == Array(packet.prefix(548)))
        #expect(sum(Array(answer[..<20])) == 0xFFFF)
        #expect(sum(Array(answer[20...])) == 0xFFFF)
    }

    @Test(arguments: [0, 1_184, 1_185, 65_000]) func overIPv6ItIsPacketTooBig(_ payload: Int) throws {
        let packet = udp(payload, from: a6, to: b6)
        let answer = try #require(self.answer(packet, mtu: 65_480))
        let header = try parse(answer)
        #expect(header.sourceAddress == b6 && header.destinationAddress == a6)
        #expect(header.protocolNumber == 58 && header.totalLength == answer.count)
        #expect(answer.count == min(1_280, 48 + packet.count))
        #expect(Array(answer[40...47]) == [2, 0, answer[42], answer[43], 0, 0, 0xFF, 0xC8])
        #expect(Array(answer[48...]) == Array(packet.prefix(1_232)))
        let length = answer.count - 40
        let pseudoHeader = Array(answer[8..<40]) + [0, 0, UInt8(length >> 8), UInt8(length & 255), 0, 0, 0, 58]
        #expect(sum(pseudoHeader + Array(answer[40...])) == 0xFFFF)
    }

    @Test func queriesAndFirstFragmentsAreAnsweredErrorsAndLaterFragmentsAreNot() {
        for (a, b, number) in [(a4, b4, UInt8(1)), (a6, b6, 58)] {
            func icmp(_ type: UInt8) -> [UInt8] {
                PacketBuilder.ip(number, from: a, to: b, payload: PacketBuilder.icmp(type: type))
            }
            let (query, reply): (UInt8, UInt8) = number == 1 ? (8, 0) : (128, 129)
            #expect(answer(icmp(query)) != nil && answer(icmp(reply)) != nil)
            let errors: [UInt8] = number == 1 ? [3, 4, 5, 11, 12] : [1, 2, 3, 4, 100, 127, 137]
            for error in errors { #expect(answer(icmp(error)) == nil) }
            let part = PacketBuilder.udp(ports: (1, 2), payload: [UInt8](repeating: 1, count: 1_000))
            let first = PacketBuilder.ip(17, from: a, to: b, payload: part, moreFragments: true)
            #expect(answer(first) != nil)
            #expect(answer(PacketBuilder.ip(17, from: a, to: b, payload: part, fragmentOffset: 1_008)) == nil)
        }
    }

    @Test(arguments: [
        ("10.0.0.1", "224.0.0.1"), ("10.0.0.1", "255.255.255.255"), ("0.0.0.0", "10.0.0.1"), ("127.0.0.1", "10.0.0.1"),
        ("239.1.2.3", "10.0.0.1"), ("fd00::1", "ff02::1"), ("::", "fd00::1"), ("::1", "fd00::1"),
        ("ff02::1", "fd00::1"),
    ])
    func whoIsNotOneMachineIsNotAnswered(_ source: String, _ destination: String) {
        #expect(answer(udp(100, from: address(source), to: address(destination))) == nil)
    }

    @Test func brokenPacketsAreNotAnswered() {
        let packet = udp(100, from: a4, to: b4)
        #expect(answer(Array(packet.dropLast())) == nil)
        #expect(answer([]) == nil)
        #expect(answer([0x55] + packet.dropFirst()) == nil)
    }

    @Test func soManyAnswersASecondAreGiven() {
        var limit = AnswerLimit()
        for second in [5, 6, 900] as [UInt32] {
            let given = (0..<2 * AnswerLimit.perSecond).filter { _ in limit.take(at: second) }
            #expect(given == Array(0..<AnswerLimit.perSecond))
        }
    }
}
