import Addressing
import Glibc
import PacketIO
import TestDatagrams
import Testing

@Suite struct DatagramReceiverTests {
    private let client: UDPSockets
    private let server: UDPSockets
    private let receiver: DatagramReceiver
    private let outgoing = OutgoingDatagrams()
    private let target: Endpoint

    init() throws {
        client = try UDPSockets(port: 0)
        server = try UDPSockets(port: 0)
        receiver = try DatagramReceiver()
        target = Endpoint(try #require(IPAddress("127.0.0.1")), port: server.port)
    }

    /// Datagrams that are not merged, of one byte each. Loopback delivers before the call returns.
    private func sendSingly(_ bytes: ClosedRange<UInt8>) {
        outgoing.removeAll()
        for byte in bytes { outgoing.add(byte, count: 100, to: target, tag: UInt64(byte)) }
        #expect(client.send(outgoing.queue))
    }

    private func sendMerged(_ byte: UInt8, messages: Int) {
        outgoing.removeAll()
        for message in 0..<messages {
            for _ in 0..<10 { outgoing.add(byte, count: 1_000, to: target, tag: UInt64(message)) }
        }
        #expect(client.send(outgoing.queue))
    }

    @Test func oneCallBrings64Messages() throws {
        sendSingly(1...100)
        #expect(try receiver.receive(.v4, from: server) == 64)
        #expect(receiver.mayHaveMore)
        let first = receiver.messages
        #expect(first.map { $0.bytes.first } == (1...64).map { UInt8($0) })
        #expect(try receiver.receive(.v4, from: server) == 36)
        #expect(!receiver.mayHaveMore)
        #expect(receiver.messages.map { $0.bytes.first } == (65...100).map { UInt8($0) })
        #expect(try receiver.receive(.v4, from: server) == 0)
        #expect(receiver.count == 0 && !receiver.mayHaveMore)
        #expect(try receiver.receive(.v6, from: server) == 0)
    }

    @Test func messagesOfOneCallDoNotShareMemory() throws {
        sendSingly(1...64)
        try #require(receiver.receive(.v4, from: server) == 64)
        for index in 0..<64 {
            // Room for the longest message, whatever came.
            let bytes = try #require(receiver[index]).bytes
            let whole = UnsafeMutableRawBufferPointer(start: bytes.baseAddress, count: 65_535)
            whole.initializeMemory(as: UInt8.self, repeating: UInt8(index))
        }
        for index in 0..<64 {
            let message = try #require(receiver[index])
            #expect(message.bytes.allSatisfy { $0 == UInt8(index) })
        }
    }

    @Test func mergedMessagesAreTakenFewAtATimeAndSingleOnesManyAgain() throws {
        sendMerged(9, messages: 20)
        #expect(try receiver.receive(.v4, from: server) == 20)
        sendMerged(9, messages: 8)
        #expect(try receiver.receive(.v4, from: server) == 3)
        #expect(receiver.mayHaveMore)
        #expect(receiver.messages.allSatisfy { $0.segmentSize == 1_000 && $0.bytes.count == 10_000 })
        #expect(try receiver.receive(.v4, from: server) == 3)
        #expect(try receiver.receive(.v4, from: server) == 2)
        #expect(!receiver.mayHaveMore)
        sendSingly(1...50)
        #expect(try receiver.receive(.v4, from: server) == 3)
        #expect(receiver.mayHaveMore)
        #expect(try receiver.receive(.v4, from: server) == 47)
        #expect(!receiver.mayHaveMore)
    }

    @Test func anEmptyDatagramIsAnEmptyMessage() throws {
        let sent = SocketAddress(target).withBytes { bytes in
            sendto(
                client.v4?.number ?? -1, "", 0, 0, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count))
        }
        #expect(sent == 0)
        try #require(receiver.receive(.v4, from: server) == 1)
        let message = try #require(receiver[0])
        #expect(message.bytes.isEmpty && message.segmentSize == 0)
    }

    @Test func itGoesOnAfterItsMemoryWasReleased() throws {
        for byte in 1...3 as ClosedRange<UInt8> {
            sendMerged(byte, messages: 3)
            #expect(try receiver.receive(.v4, from: server) == 3)
            #expect(receiver.messages.allSatisfy { $0.bytes == [UInt8](repeating: byte, count: 10_000) })
            receiver.release()
            #expect(receiver.count == 0)
        }
    }

    @Test func releasedMemoryGoesBackToTheSystem() throws {
        for _ in 0..<64 { outgoing.add(1, count: 15_000, to: target, gap: 1) }
        #expect(client.send(outgoing.queue))
        try #require(receiver.receive(.v4, from: server) == 64)
        let starts = try (0..<64).map { index in
            let base = try #require(receiver[index]?.bytes.baseAddress)
            return try #require(UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: base) & ~4_095))
        }
        func resident() throws -> Int {
            try starts.reduce(0) { $0 + (try residentPageCount($1, count: 15_000)) }
        }
        #expect(try resident() == 64 * 4)
        receiver.release()
        #expect(try resident() == 0)
    }
}
