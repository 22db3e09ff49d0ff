import Addressing
import Glibc
import PacketIO
import TestDatagrams
import TestLab
import Testing

@Suite struct TUNDeviceTests {
    /// An IPv4 UDP packet without checksum, from 10.1.0.2 to 10.1.0.1.
    private static func packet(_ length: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x45, 0, UInt8(length >> 8), UInt8(length & 255), 0, 0, 0, 0, 64, 17, 0, 0]
        bytes += [10, 1, 0, 2, 10, 1, 0, 1]
        var sum = stride(from: 0, to: 20, by: 2).reduce(0) { $0 + Int(bytes[$1]) << 8 + Int(bytes[$1 + 1]) }
        sum = (sum & 0xFFFF) + sum >> 16
        (bytes[10], bytes[11]) = (UInt8(~sum >> 8 & 255), UInt8(~sum & 255))
        bytes += [0x30, 0x39, 0x30, 0x39, UInt8((length - 20) >> 8), UInt8((length - 20) & 255), 0, 0]
        return bytes + repeatElement(7, count: length - bytes.count)
    }

    private static func bringUp(_ device: TUNDevice, mtu: Int = 1420) throws {
        let netlink = try Netlink()
        let index = try netlink.link(named: device.name()).index
        try device.setMTU(mtu)
        try netlink.setUp(true, interface: index)
        let address = try #require(IPPrefix("10.1.0.1/24"))
        try netlink.addAddress(address, to: index)
    }

    @Test func nameAndMTUAreAsSet() throws {
        try inNewNetworkNamespace {
            let device = try TUNDevice(name: "probe%d")
            #expect(try device.name() == "probe0")
            #expect(try TUNDevice(name: "probe%d").name() == "probe1")
            for mtu in [1280, 9000, 65_520] {
                try device.setMTU(mtu)
                #expect(try device.mtu() == mtu)
            }
            #expect(throws: IOError.self) { try device.setMTU(65_521) }
            #expect(throws: IOError.self) { try TUNDevice(name: "a/b") }
            #expect(throws: IOError.self) { try TUNDevice(name: "probe0") }
            withExtendedLifetime(device) {}
        }
    }

    @Test func aDeviceWithQueuesIsNotSharedWithWhoeverAsks() throws {
        try inNewNetworkNamespace {
            let device = try TUNDevice(name: "many", hasQueues: true)
            #expect(device.hasQueues)
            let queue = try device.queue()
            #expect(try queue.name() == "many")
            for hasQueues in [true, false] {
                #expect(throws: IOError.self) { try TUNDevice(name: "many", hasQueues: hasQueues) }
            }
            let single = try TUNDevice(name: "one")
            #expect(throws: IOError.self) { try TUNDevice(name: "one", hasQueues: true) }
            withExtendedLifetime((device, queue, single)) {}
        }
    }

    private static func queues(_ count: Int) throws -> [TUNDevice] {
        let first = try TUNDevice(name: "many", hasQueues: true)
        let queues = [first] + (try (1..<count).map { _ in try first.queue() })
        try bringUp(first)
        return queues
    }

    /// The queue that has brought an IPv4 packet of the protocol.
    private static func queue(of queues: [TUNDevice], thatBringsProtocol number: UInt8) throws -> Int {
        let found = try queues.indices.filter { index in
            try queues[index].readAll().contains { $0.bytes[0] == 0x45 && $0.bytes[9] == number }
        }
        #expect(found.count == 1)
        return try #require(found.first)
    }

    /// Who reads one queue may still have earlier packets in hand when later ones come by another.
    @Test func aFlowOfUDPStaysWithItsQueueWhicheverItsAnswersComeBy() throws {
        try inNewNetworkNamespace {
            let queues = try Self.queues(4)
            let sockets = try UDPSockets(port: 12345)
            let peer = Endpoint(try #require(IPAddress("10.1.0.2")), port: 12345)
            func queueOfNext() throws -> Int {
                let outgoing = OutgoingDatagrams()
                outgoing.add([1], to: peer)
                #expect(sockets.send(outgoing.queue))
                return try Self.queue(of: queues, thatBringsProtocol: 17)
            }
            let home = try queueOfNext()
            for queue in queues {
                #expect(queue.write(Self.packet(40)) == 0)
                #expect(try queueOfNext() == home)
            }
        }
    }

    @Test func whatWaitsForItsAnswerGoesToTheWorkerThatBringsIt() throws {
        try inNewNetworkNamespace {
            let queues = try Self.queues(4)
            // An echo request from 10.1.0.2 to 10.1.0.1, which the kernel answers at once.
            var echo = Self.packet(28)
            echo[9] = 1
            echo.replaceSubrange(10..<12, with: [0x66, 0xDD])
            echo.replaceSubrange(20..<28, with: [8, 0, 0xF7, 0xFF, 0, 0, 0, 0])
            for (index, queue) in queues.enumerated() {
                // The first may be answered before the kernel has taken note.
                #expect(queue.write(echo) == 0)
                _ = try Self.queue(of: queues, thatBringsProtocol: 1)
                #expect(queue.write(echo) == 0)
                #expect(try Self.queue(of: queues, thatBringsProtocol: 1) == index)
            }
        }
    }

    @Test(arguments: [1420, 65_520])
    func packetsPass(_ mtu: Int) throws {
        try inNewNetworkNamespace {
            let device = try TUNDevice(name: "t0")
            try Self.bringUp(device, mtu: mtu)
            let sockets = try UDPSockets(port: 12345)
            let receiver = try DatagramReceiver()
            // Into the kernel, out at the socket.
            for length in [29, 100, mtu] { #expect(device.write(Self.packet(length)) == 0) }
            try #require(receiver.receive(.v4, from: sockets) == 3)
            let arrived = receiver.messages
            #expect(arrived.map(\.bytes.count) == [1, 72, mtu - 28])
            #expect(arrived[2].remote.address == IPAddress("10.1.0.2"))
            #expect(arrived[2].local?.address == IPAddress("10.1.0.1"))
            // And back.
            let outgoing = OutgoingDatagrams()
            for (tag, message) in arrived.enumerated() {
                outgoing.add(message.bytes, to: message.remote, from: message.local?.address, tag: UInt64(tag))
            }
            #expect(sockets.send(outgoing.queue))
            let lengths = try device.readAll().map(\.bytes).filter { $0[0] == 0x45 }.map(\.count)
            #expect(lengths == [29, 100, mtu])
        }
    }

    @Test func refusedPacketsDoNotStopTheOthers() throws {
        try inNewNetworkNamespace {
            let device = try TUNDevice(name: "t0")
            try Self.bringUp(device)
            let packets: [[UInt8]] = [Self.packet(40), [0xFF, 1, 2, 3], [], Self.packet(50)]
            #expect(packets.map { device.write($0) } == [0, EINVAL, EINVAL, 0])
            #expect(try device.isUp())
            let netlink = try Netlink()
            try netlink.setUp(false, interface: netlink.link(named: "t0").index)
            #expect(try !device.isUp())
            #expect(packets.allSatisfy { device.write($0) != 0 })
        }
    }

    @Test func deletionIsNoticed() throws {
        try inNewNetworkNamespace {
            let device = try TUNDevice(name: "t0")
            try Self.bringUp(device)
            let poller = try Poller()
            try poller.add(device.descriptor, token: 1)
            _ = try device.readAll()
            #expect(try runCommand("ip", "link", "delete", "t0").succeeded)
            var events: [Poller.Event] = []
            let soon = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 5_000_000_000)
            try poller.wait(until: soon, events: &events)
            #expect(events.map(\.token) == [1])
            let read = #expect(throws: IOError.self) { _ = try device.readAll() }
            #expect(read?.isDeviceGone == true)
            #expect(device.write(Self.packet(40)) == EBADFD)
            #expect(!device.exists)
            let name = #expect(throws: IOError.self) { _ = try device.name() }
            #expect(name?.isDeviceGone == true)
        }
    }

    @Test func aDeviceThatWasMovedAwayIsKnownToBe() throws {
        try inNewNetworkNamespace {
            let device = try TUNDevice(name: "t0")
            #expect(device.isInThisNamespace)
            // To the namespace of the process's other threads, with a name that nothing there has.
            let name = "mv\(getpid())"
            let move = "ip link set t0 name \(name) && ip link set \(name) netns \(getpid())"
            #expect(try runCommand("sh", "-c", move).succeeded)
            #expect(device.exists)
            #expect(!device.isInThisNamespace)
            #expect(try device.name() == name)
            #expect(throws: IOError.self) { try device.mtu() }
            #expect(try !device.isUp())
        }
    }

    @Test func anInheritedDescriptorIsTakenOver() throws {
        try inNewNetworkNamespace {
            let first = try TUNDevice(name: "t0")
            let second = try TUNDevice(inherited: dup(first.descriptor.number))
            #expect(try second.name() == "t0")
            let pipe = try UnixStream.pair()
            #expect(throws: IOError.self) { try TUNDevice(inherited: dup(pipe.0.descriptor.number)) }
        }
    }
}
