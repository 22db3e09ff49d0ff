import Addressing
import DataPath
import PacketIO
import Testing
import WireGuard

/// A hub encrypts what it forwards where it lies, unless that would reach into the next datagram: its own padding may be
/// longer than the sender's was.
@Suite struct ResealingTests {
    private let worker: Worker
    private let hubWorker: Worker

    init() throws {
        worker = try Worker(number: 0)
        hubWorker = try Worker(number: 1)
    }

    /// Packets of one length come to the hub one behind the other in one message, as far as the kernel merges them.
    @Test(arguments: 40...57)
    func packetsOfASenderThatPadsLessArriveIntact(_ length: Int) throws {
        let (a, hub, b) = try StandIn.hub(hubWorker, peers: worker)
        // No padding takes a packet past the MTU.
        try a.interface.perform { $0.device.mtu = length }
        func packet(_ name: String) -> [UInt8] {
            datagram(
                "10.0.0.1", "10.0.0.3", name + String(repeating: "-", count: length - 28 - name.utf8.count))
        }
        // A first one has both sessions made.
        a.send(packet("first"))
        #expect(b.receive()?[28...] == packet("first")[28...])
        let packets = (0..<8).map { packet("p\($0)") }
        #expect(packets.allSatisfy { $0.count == length })
        // The worker finds them all together.
        try a.interface.perform { _ in
            for packet in packets { a.send(packet) }
        }
        for packet in packets {
            let arrived = try #require(b.receive(milliseconds: 2_000))
            #expect(Array(arrived[20...]) == Array(packet[20...]))
            #expect(arrived[8] == 63 && checksum(Array(arrived[..<20])) == 0)
        }
        #expect(b.receive(milliseconds: 0) == nil)
        let counters = try hub.interface.perform { $0.counters }
        #expect(counters.droppedInvalid == 0 && counters.sentPackets == 9)
    }
}
