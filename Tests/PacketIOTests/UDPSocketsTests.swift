import Addressing
import Glibc
import PacketIO
import TestDatagrams
import Testing

@Suite struct UDPSocketsTests {
    private let receiver: DatagramReceiver

    init() throws {
        receiver = try DatagramReceiver()
    }

    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test func aFreePortIsTheSameForBothFamilies() throws {
        let sockets = try UDPSockets(port: 0)
        #expect(sockets.port != 0)
        #expect(sockets.v4 != nil)
        #expect(throws: IOError.self) { try UDPSockets(port: sockets.port) }
        withExtendedLifetime(sockets) {}
    }

    @Test func aPortThatIsFreeOnceClosedCanBeTakenAgain() throws {
        let port = try UDPSockets(port: 0).port
        #expect(try UDPSockets(port: port).port == port)
    }

    @Test func everyDatagramTellsTheAddressItCameTo() throws {
        let server = try UDPSockets(port: 0)
        let client = try UDPSockets(port: 0)
        let outgoing = OutgoingDatagrams()
        for value in 1...50 {
            let target = Endpoint(try address("127.0.0.\(value)"), port: server.port)
            outgoing.add(UInt8(value), count: 32, to: target, tag: UInt64(value))
        }
        #expect(client.send(outgoing.queue))
        let messages = try receiver.wait(for: 50, .v4, on: server)
        #expect(messages.count == 50)
        for (index, message) in messages.enumerated() {
            #expect(try message.local?.address == address("127.0.0.\(index + 1)"))
            #expect(message.local?.interface == 1)
            #expect(message.bytes == [UInt8](repeating: UInt8(index + 1), count: 32))
            #expect(message.remote.port == client.port)
        }
    }

    @Test func everyDatagramLeavesFromTheAddressAskedFor() throws {
        let server = try UDPSockets(port: 0)
        let client = try UDPSockets(port: 0)
        let outgoing = OutgoingDatagrams()
        let target = Endpoint(try address("127.0.0.1"), port: server.port)
        for value in 1...50 {
            outgoing.add(
                UInt8(value), count: 32, to: target, from: try address("127.0.1.\(value)"),
                tag: UInt64(value))
        }
        #expect(client.send(outgoing.queue))
        let messages = try receiver.wait(for: 50, .v4, on: server)
        #expect(messages.count == 50)
        for (index, message) in messages.enumerated() {
            #expect(try message.remote == Endpoint(address("127.0.1.\(index + 1)"), port: client.port))
        }
    }

    @Test func answersOverIPv6ComeFromTheAddressTheQuestionWentTo() throws {
        let server = try UDPSockets(port: 0)
        let client = try UDPSockets(port: 0)
        let outgoing = OutgoingDatagrams()
        let target = Endpoint(try address("::1"), port: server.port)
        outgoing.add(1, count: 100, to: target, tag: 1)
        outgoing.add(2, count: 100, to: target, tag: 2)
        #expect(client.send(outgoing.queue))
        outgoing.removeAll()
        for (index, message) in try receiver.wait(for: 2, .v6, on: server).enumerated() {
            let local = try #require(message.local?.address)
            #expect(try local == address("::1"))
            outgoing.add(message.bytes, to: message.remote, from: local, tag: UInt64(index))
        }
        #expect(server.send(outgoing.queue))
        let answers = try receiver.wait(for: 2, .v6, on: client)
        #expect(answers.map { $0.bytes.first } == [1, 2])
        for message in answers {
            #expect(try message.remote == Endpoint(address("::1"), port: server.port))
        }
    }

    @Test func oneBadDatagramDoesNotStopTheOthers() throws {
        let server = try UDPSockets(port: 0)
        let client = try UDPSockets(port: 0)
        let outgoing = OutgoingDatagrams()
        let v4 = Endpoint(try address("127.0.0.1"), port: server.port)
        let v6 = Endpoint(try address("::1"), port: server.port)
        let (gone4, gone6) = (try address("192.0.2.7"), try address("2001:db8::7"))  // no addresses of ours
        outgoing.add(1, count: 10, to: v4, tag: 1)
        outgoing.add(2, count: 10, to: v4, from: gone4, tag: 2)
        outgoing.add(3, count: 65_530, to: v4, tag: 3)  // longer than a datagram can be
        outgoing.add(4, count: 10, to: v6, tag: 4)
        outgoing.add(5, count: 10, to: v6, from: gone6, tag: 5)
        outgoing.add(6, count: 10, to: Endpoint(try address("127.0.0.1"), port: 0), tag: 6)
        outgoing.add(7, count: 10, to: v6, tag: 7)
        outgoing.add(8, count: 10, to: v4, tag: 8)
        #expect(!client.send(outgoing.queue))
        #expect(try receiver.wait(for: 2, .v4, on: server).map { $0.bytes.first } == [1, 8])
        #expect(try receiver.wait(for: 2, .v6, on: server).map { $0.bytes.first } == [4, 7])
        // Without the source they go, and they alone.
        #expect(outgoing.queue.giveUpSources() == [LocalAddress(gone4), LocalAddress(gone6)])
        #expect(client.send(outgoing.queue))
        #expect(try receiver.wait(for: 1, .v4, on: server).map { $0.bytes.first } == [2])
        #expect(try receiver.wait(for: 1, .v6, on: server).map { $0.bytes.first } == [5])
        #expect(outgoing.queue.giveUpSources().isEmpty)
        #expect(client.takeRefusal() == nil)
    }

    @Test func anUnreachablePortStopsNeitherSendingNorReceiving() throws {
        let client = try UDPSockets(port: 0)
        let server = try UDPSockets(port: 0)
        let closed = Endpoint(try address("127.0.0.1"), port: try UDPSockets(port: 0).port)
        let open = Endpoint(try address("127.0.0.1"), port: server.port)
        let outgoing = OutgoingDatagrams()
        for _ in 0..<10 {
            outgoing.removeAll()
            outgoing.add(1, count: 1, to: closed, tag: 1)
            outgoing.add(2, count: 1, to: open, tag: 2)
            #expect(client.send(outgoing.queue))
            #expect(try receiver.receive(.v4, from: client) == 0)
        }
        #expect(try receiver.wait(for: 10, .v4, on: server).count == 10)
    }

    @Test func theLongestDatagramFits() throws {
        let client = try UDPSockets(port: 0)
        let server = try UDPSockets(port: 0)
        let outgoing = OutgoingDatagrams()
        outgoing.add(7, count: 65_507, to: Endpoint(try address("127.0.0.1"), port: server.port))
        #expect(client.send(outgoing.queue))
        let message = try #require(try receiver.wait(for: 1, .v4, on: server).first)
        #expect(message.bytes == [UInt8](repeating: 7, count: 65_507))
        #expect(message.segmentSize == 65_507)
    }
}
