import Addressing
import Glibc
import PacketIO
import TestDatagrams
import Testing

/// One port for several threads, each with sockets of its own.
@Suite struct SharedPortTests {
    private let loopback: [IPAddress]

    init() throws {
        loopback = [try #require(IPAddress("127.0.0.1")), try #require(IPAddress("::1"))]
    }

    /// What came to each of the sockets, once so many datagrams have come to all of them.
    private func receive(_ count: Int, on all: [UDPSockets]) throws -> [[ArrivedMessage]] {
        let receiver = try DatagramReceiver()
        let poller = try Poller()
        for descriptor in all.flatMap({ [$0.v4, $0.v6] }) {
            if let descriptor { try poller.add(descriptor, token: 1) }
        }
        let deadline = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 5_000_000_000)
        var arrived: [[ArrivedMessage]] = all.map { _ in [] }
        var events: [Poller.Event] = []
        while arrived.joined().datagrams.count < count, MonotonicTime.now < deadline {
            try poller.wait(until: deadline, events: &events)
            for (index, sockets) in all.enumerated() {
                for family in [IPFamily.v4, .v6] {
                    while try receiver.receive(family, from: sockets) > 0 { arrived[index] += receiver.messages }
                }
            }
        }
        return arrived
    }

    @Test func eachSenderComesToOneSocketAndAllSocketsHaveSome() throws {
        let all = try UDPSockets.share(port: 0, among: 3)
        let ports = Set(all.map(\.port))
        #expect(all.count == 3 && ports.count == 1)
        let senders = try (0..<24).map { _ in try UDPSockets(port: 0) }
        // Over and over, so that it shows whether a sender is moved.
        for round in 0..<4 {
            for (index, sender) in senders.enumerated() {
                let outgoing = OutgoingDatagrams()
                for (tag, address) in loopback.enumerated() {
                    outgoing.add(
                        UInt8(round), count: 40 + index, to: Endpoint(address, port: all[0].port), tag: UInt64(tag))
                }
                #expect(sender.send(outgoing.queue))
            }
        }
        let arrived = try receive(24 * 4 * 2, on: all)
        #expect(arrived.joined().datagrams.count == 24 * 4 * 2)
        #expect(arrived.allSatisfy { !$0.isEmpty })
        for (index, sender) in senders.enumerated() {
            for address in loopback {
                let remote = Endpoint(address, port: sender.port)
                let places: [[[UInt8]]] = arrived.map { messages in messages.filter { $0.remote == remote }.datagrams }
                let used = places.filter { !$0.isEmpty }
                let expected = (0..<4).map { [UInt8](repeating: $0, count: 40 + index) }
                #expect(used == [expected])
            }
        }
    }

    @Test func answersLeaveFromTheSharedPortWhicheverSocketSendsThem() throws {
        let all = try UDPSockets.share(port: 0, among: 2)
        let client = try UDPSockets(port: 0)
        for sockets in all {
            let outgoing = OutgoingDatagrams()
            for (tag, address) in loopback.enumerated() {
                outgoing.add(1, count: 9, to: Endpoint(address, port: client.port), tag: UInt64(tag))
            }
            #expect(sockets.send(outgoing.queue))
        }
        let arrived = try receive(4, on: [client])[0]
        #expect(arrived.datagrams.count == 4 && arrived.allSatisfy { $0.remote.port == all[0].port })
    }

    @Test func oneSocketAloneIsNotShared() throws {
        let alone = try UDPSockets.share(port: 0, among: 1)
        #expect(alone.count == 1)
        #expect(throws: IOError.self) { try Self.bind(port: alone[0].port, isShared: true) }
    }

    @Test func thePortOfAnotherIsRefused() throws {
        let plain = try UDPSockets(port: 0)
        let shared = try UDPSockets.share(port: 0, among: 2)
        // A program that lets others join.
        let open = try Self.bind(port: 0, isShared: true)
        for port in [plain.port, shared[0].port, open.port] {
            for count in [1, 2] {
                let error = #expect(throws: IOError.self) { try UDPSockets.share(port: port, among: count) }
                #expect(error?.code == EADDRINUSE)
            }
        }
        // Nor is a shared one given to who does not share.
        #expect(throws: IOError.self) { try Self.bind(port: shared[0].port, isShared: false) }
        withExtendedLifetime((plain, shared, open.descriptor)) {}
    }

    @Test func aSharedPortIsFreeOnceAllSocketsAreClosed() throws {
        let port: UInt16
        do {
            let all = try UDPSockets.share(port: 0, among: 3)
            port = all[0].port
        }
        #expect(try UDPSockets.share(port: port, among: 2).map(\.port) == [port, port])
    }

    /// A socket of IPv4 as another program might have it.
    private static func bind(port: UInt16, isShared: Bool) throws -> (descriptor: Descriptor, port: UInt16) {
        let descriptor = Descriptor(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
        var one: Int32 = 1
        if isShared { setsockopt(descriptor.number, SOL_SOCKET, SO_REUSEPORT, &one, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.bind(descriptor.number, address, length) == 0
                    && getsockname(descriptor.number, address, &length) == 0
            }
        }
        guard status else { throw IOError(errno, "bind") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
