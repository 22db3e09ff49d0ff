import Addressing
import Glibc
import PacketIO
import TestDatagrams
import TestLab
import Testing

/// Sending where the kernel does not take many datagrams in one piece: segments that the path's MTU has no room for.
@Suite struct SegmentationTests {
    /// What a test needs in a namespace whose loopback has the MTU of an Ethernet.
    private struct Setup {
        let client: UDPSockets
        let server: UDPSockets
        let receiver: DatagramReceiver
        let outgoing = OutgoingDatagrams()

        init() throws {
            #expect(try runCommand("ip", "link", "set", "lo", "mtu", "1500", "up").succeeded)
            client = try UDPSockets(port: 0)
            server = try UDPSockets(port: 0)
            receiver = try DatagramReceiver()
        }

        func target(_ family: IPFamily = .v4) throws -> Endpoint {
            Endpoint(try #require(IPAddress(family == .v4 ? "127.0.0.1" : "::1")), port: server.port)
        }

        /// Datagrams that are told apart by their first byte.
        func add(
            _ numbers: Range<UInt8>, count: Int, _ family: IPFamily = .v4, from source: IPAddress? = nil,
            tag: UInt64 = 1
        ) throws {
            for number in numbers {
                let bytes = [number] + [UInt8](repeating: 0x5A, count: count - 1)
                outgoing.add(bytes, to: try target(family), from: source, tag: tag)
            }
        }

        /// The numbers of the datagrams that arrive, message by message; all of them are as they were sent.
        func arrivals(_ count: Int, _ family: IPFamily = .v4) throws -> [[UInt8]] {
            try receiver.wait(for: count, family, on: server).map { message in
                message.datagrams.map { datagram in
                    #expect(datagram.dropFirst().allSatisfy { $0 == 0x5A })
                    return datagram.first ?? 0
                }
            }
        }
    }

    private static func singly(_ numbers: Range<UInt8>) -> [[UInt8]] { numbers.map { [$0] } }

    @Test(arguments: [IPFamily.v4, .v6])
    func datagramsLongerThanTheMTUArriveAllTheSame(_ family: IPFamily) throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            try setup.add(0..<10, count: 2_000, family)
            #expect(setup.client.send(setup.outgoing.queue))
            #expect(try setup.arrivals(10, family) == Self.singly(0..<10))
            let told = "datagrams of 2000 bytes or more are sent one by one to \(try setup.target(family).address): "
            #expect(setup.client.takeRefusal() == told + "UDP segmentation: Message too long")
            #expect(setup.client.takeRefusal() == nil)
            // It is not tried again, and not told again.
            for _ in 0..<3 {
                setup.outgoing.removeAll()
                try setup.add(20..<30, count: 2_000, family)
                #expect(setup.client.send(setup.outgoing.queue))
                #expect(try setup.arrivals(10, family) == Self.singly(20..<30))
                #expect(setup.client.takeRefusal() == nil)
            }
            // What does fit goes in one piece as before.
            setup.outgoing.removeAll()
            try setup.add(40..<50, count: 1_000, family)
            #expect(setup.client.send(setup.outgoing.queue))
            #expect(try setup.arrivals(10, family) == [Array(40..<50)])
            #expect(setup.client.takeRefusal() == nil)
        }
    }

    /// More datagrams than there are headers for, in more than one round.
    @Test func aFullQueueOfWhatCannotBeSegmentedArrivesInOrder() throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            for _ in 0..<2 {
                setup.outgoing.removeAll()
                for tag in 0..<20 as Range<UInt64> { try setup.add(0..<30, count: 1_500, tag: tag) }
                #expect(setup.client.send(setup.outgoing.queue))
                #expect(try setup.arrivals(600) == (0..<20).flatMap { _ in Self.singly(0..<30) })
            }
            #expect(setup.client.takeRefusal() != nil)
            #expect(setup.client.takeRefusal() == nil)
        }
    }

    /// One receiver's source is gone, another's datagrams cannot be segmented, a third's can.
    @Test func eachReceiverGetsItsOwnWay() throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let gone = try #require(IPAddress("192.0.2.7"))
            for round in 0..<2 {
                setup.outgoing.removeAll()
                try setup.add(0..<10, count: 2_000, tag: 1)
                try setup.add(10..<20, count: 2_000, from: gone, tag: 2)
                try setup.add(20..<30, count: 1_000, tag: 3)
                try setup.add(30..<40, count: 1_000, from: gone, tag: 4)
                try setup.add(40..<50, count: 1_000, from: IPAddress("127.0.0.9"), tag: 5)
                #expect(!setup.client.send(setup.outgoing.queue))
                #expect(try setup.arrivals(30) == Self.singly(0..<10) + [Array(20..<30), Array(40..<50)])
                #expect(setup.outgoing.queue.giveUpSources() == [LocalAddress(gone)])
                #expect(setup.client.send(setup.outgoing.queue))
                #expect(try setup.arrivals(20) == Self.singly(10..<20) + [Array(30..<40)])
                #expect((setup.client.takeRefusal() != nil) == (round == 0))
            }
        }
    }

    /// What is refused on one way says nothing about others.
    @Test func aNarrowWayLeavesOthersAlone() throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let route = try runCommand("ip", "route", "add", "local", "192.0.2.5", "dev", "lo", "mtu", "1000")
            #expect(route.succeeded, "\(route.errors)")
            let narrow = Endpoint(try #require(IPAddress("192.0.2.5")), port: setup.server.port)
            for round in 0..<2 {
                setup.outgoing.removeAll()
                for number in 0..<10 as Range<UInt8> { setup.outgoing.add(number, count: 1_200, to: narrow, tag: 1) }
                for number in 10..<20 as Range<UInt8> {
                    setup.outgoing.add(number, count: 1_200, to: try setup.target(), tag: 2)
                }
                #expect(setup.client.send(setup.outgoing.queue))
                let arrived = try setup.receiver.wait(for: 20, .v4, on: setup.server)
                #expect(arrived.map { $0.datagrams.compactMap(\.first) } == Self.singly(0..<10) + [Array(10..<20)])
                let refusal = setup.client.takeRefusal()
                #expect((refusal?.contains("192.0.2.5") ?? false) == (round == 0))
            }
        }
    }

    /// A socket that is told of ICMP errors hears of one at the next call, whatever that is about. Where every datagram is
    /// answered by an error, each is to leave all the same.
    @Test(arguments: [IPFamily.v4, .v6]) func anErrorAboutTheDatagramBeforeLosesNone(_ family: IPFamily) throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let socket = try #require(family == .v4 ? setup.client.v4 : setup.client.v6)
            var isOn: Int32 = 1
            // IP_RECVERR, IPV6_RECVERR
            let (level, option) = family == .v4 ? (Int32(IPPROTO_IP), Int32(11)) : (Int32(IPPROTO_IPV6), 25)
            try #require(setsockopt(socket.number, level, option, &isOn, 4) == 0)
            let closed = Endpoint(try setup.target(family).address, port: try UDPSockets(port: 0).port)
            for number in 0..<10 as Range<UInt8> { setup.outgoing.add(number, count: 2_000, to: closed) }
            #expect(setup.client.send(setup.outgoing.queue))
            #expect(try Self.datagramsWithoutReceiver(family) == 10)
        }
    }

    /// The namespace's count of datagrams that came to a port which nobody has.
    private static func datagramsWithoutReceiver(_ family: IPFamily) throws -> Int? {
        switch family {
        case .v4:
            let lines = try runCommand("cat", "/proc/net/snmp").output.split(separator: "\n")
            let udp = lines.filter { $0.hasPrefix("Udp:") }.map { $0.split(separator: " ") }
            return udp.first?.firstIndex(of: "NoPorts").flatMap { Int(udp[1][$0]) }
        case .v6:
            let lines = try runCommand("cat", "/proc/net/snmp6").output.split(separator: "\n")
            let line = lines.first { $0.hasPrefix("Udp6NoPorts") }
            return line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
        }
    }

    /// The kernel makes the checksums where the device does not. (Older ones refuse with EIO, and they go one by one.)
    @Test(arguments: [IPFamily.v4, .v6])
    func aDeviceWithoutChecksumsTakesThemAllTheSame(_ family: IPFamily) async throws {
        try await withLab { lab in
            let (near, far) = (try lab.namespace("near"), try lab.namespace("far"))
            let cable = try lab.connect(
                near, ["192.0.2.1/24", "2001:db8::1/64"], far, ["192.0.2.2/24", "2001:db8::2/64"])
            try near.run("ethtool", "-K", cable.a, "tx", "off")
            try #expect(near.run("ethtool", "-k", cable.a).contains("tx-checksumming: off"))
            let client = try inNamespace(near) { try UDPSockets(port: 0) }
            let server = try inNamespace(far) { try UDPSockets(port: 0) }
            let address = try #require(IPAddress(family == .v4 ? "192.0.2.2" : "2001:db8::2"))
            let outgoing = OutgoingDatagrams()
            let datagrams = (0..<20).map { [UInt8](repeating: $0, count: 1_000) }
            for bytes in datagrams { outgoing.add(bytes, to: Endpoint(address, port: server.port)) }
            #expect(client.send(outgoing.queue))
            #expect(try DatagramReceiver().wait(for: 20, family, on: server).datagrams == datagrams)
        }
    }

    /// A source that is gone says nothing about segmentation.
    @Test(arguments: [IPFamily.v4, .v6]) func aSourceThatIsGoneDoesNotEndSegmentation(_ family: IPFamily) throws {
        try inNewNetworkNamespace {
            let setup = try Setup()
            let gone = try #require(IPAddress(family == .v4 ? "192.0.2.7" : "2001:db8::7"))
            try setup.add(0..<10, count: 1_000, family, from: gone)
            #expect(!setup.client.send(setup.outgoing.queue))
            #expect(setup.outgoing.queue.giveUpSources() == [LocalAddress(gone)])
            #expect(setup.client.send(setup.outgoing.queue))
            #expect(try setup.arrivals(10, family) == [Array(0..<10)])
            #expect(setup.client.takeRefusal() == nil)
        }
    }

    /// Datagrams to a neighbour that does not answer stay in the socket's send queue: it is full soon, and stays so.
    @Test(arguments: [100, 1_400]) func aFullSendQueueLosesDatagramsButNoTime(_ count: Int) throws {
        try inNewNetworkNamespace {
            let cable = "ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up"
            let command =
                cable + " && ip address add 192.0.2.1/24 dev v0 && sysctl -q net.ipv4.neigh.v0.retrans_time_ms=60000"
            #expect(try runCommand("sh", "-c", command).succeeded)
            let sockets = try UDPSockets(port: 0, bufferBytes: 1)
            let outgoing = OutgoingDatagrams()
            let target = Endpoint(try #require(IPAddress("192.0.2.9")), port: 9)
            let start = MonotonicTime.now
            for _ in 0..<10 {
                outgoing.removeAll()
                for number in 0..<200 { outgoing.add(1, count: count, to: target, tag: UInt64(number / 5)) }
                #expect(!sockets.send(outgoing.queue))
                #expect(outgoing.queue.giveUpSources().isEmpty)
            }
            // A few milliseconds for each call, on a busy machine too.
            #expect(MonotonicTime.now.nanoseconds(since: start) < 2_000_000_000)
            #expect(sockets.takeRefusal() == nil)
            // As soon as the neighbour is known the queue empties, and all goes well again.
            let answer = "ip neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 dev v0"
            #expect(try runCommand("sh", "-c", answer).succeeded)
            outgoing.removeAll()
            outgoing.add(1, count: count, to: target)
            #expect(sockets.send(outgoing.queue))
        }
    }
}
