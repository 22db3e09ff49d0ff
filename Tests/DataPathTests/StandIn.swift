import Addressing
import DataPath
import Glibc
import OpenSSL
import PacketIO
import Testing
import Tunneling
import WireGuard

/// An interface whose TUN device is one end of a socket pair; the test holds the other. UDP goes over loopback.
final class StandIn: Sendable {
    let interface: ManagedInterface
    let key = SecretKey.random()
    let publicKey: PublicKey
    /// Of each queue.
    let ends: [Descriptor]

    /// - Parameter others: workers beside the interface's own, each with a queue.
    init(id: UInt64, worker: Worker, others: [Worker] = [], domain: String = "test") throws {
        let pairs = try (0...others.count).map { _ in try Self.pair() }
        ends = pairs.map(\.1)
        publicKey = Curve25519.PrivateKey(key).publicKey
        interface = ManagedInterface(
            id: id, name: "test\(id)", domain: domain, tun: TUNDevice(standIn: pairs[0].0), index: UInt32(id),
            worker: worker,
            others: zip(others, pairs.dropFirst()).map { (worker: $0, queue: TUNDevice(standIn: $1.0)) })
        try interface.start(mtu: 1_420) { _ in }
        try interface.perform { [key] tunnel in
            tunnel.device.setPrivateKey(key, now: tunnel.clock)
            tunnel.linkChanged(isUp: true, mtu: 1_420, now: tunnel.clock)
        }
    }

    static func pair() throws -> (Descriptor, Descriptor) {
        var numbers: [Int32] = [-1, -1]
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &numbers) == 0 else { throw IOError(errno, "socketpair") }
        return (Descriptor(owning: numbers[0]), Descriptor(owning: numbers[1]))
    }

    /// A hub that takes packets from one of its peers, 10.0.0.1 and 10.0.0.3, to the other.
    static func hub(_ hubWorker: Worker, peers worker: Worker) throws -> (a: StandIn, hub: StandIn, b: StandIn) {
        let a = try StandIn(id: 1, worker: worker)
        let hub = try StandIn(id: 2, worker: hubWorker)
        let b = try StandIn(id: 3, worker: worker)
        try a.know(hub, allowedIPs: ["10.0.0.0/24"])
        try b.know(hub, allowedIPs: ["10.0.0.0/24"])
        try hub.know(a, allowedIPs: ["10.0.0.1/32"])
        try hub.know(b, allowedIPs: ["10.0.0.3/32"])
        try hub.interface.perform { $0.forwards = true }
        return (a, hub, b)
    }

    var port: UInt16 {
        get throws { try interface.perform { $0.port } }
    }

    func know(_ other: StandIn, allowedIPs: [String], at loopback: IPAddress = IPAddress(v4: 0x7F00_0001)) throws {
        let endpoint = Endpoint(loopback, port: try other.port)
        let prefixes = allowedIPs.compactMap { IPPrefix($0) }
        try interface.perform { [key = other.publicKey] tunnel in
            guard let peer = tunnel.device.addPeer(key) else { return }
            tunnel.device.setEndpoint(endpoint, of: peer, now: tunnel.clock)
            tunnel.device.replaceAllowedIPs(prefixes, of: peer)
        }
    }

    /// As the kernel would send it into the tunnel, by one of its queues.
    func send(_ packet: [UInt8], queue: Int = 0) {
        _ = write(ends[queue].number, packet, packet.count)
    }

    /// The next packet that comes out of the tunnel; `nil` when none came for so long.
    func receive(milliseconds: Int32 = 10_000) -> [UInt8]? {
        receiveByQueue(milliseconds: milliseconds)?.packet
    }

    /// As above, with the queue that it came by.
    func receiveByQueue(milliseconds: Int32 = 10_000) -> (packet: [UInt8], queue: Int)? {
        var states = ends.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        guard poll(&states, nfds_t(states.count), milliseconds) > 0,
            let queue = states.firstIndex(where: { $0.revents & Int16(POLLIN) != 0 })
        else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_535)
        let count = read(ends[queue].number, &buffer, buffer.count)
        return count > 0 ? (Array(buffer[..<count]), queue) : nil
    }
}

extension TunnelInterface {
    var clock: Instant { Instant(nanoseconds: MonotonicTime.now.nanoseconds) }
}

/// A UDP packet of IPv4.
func datagram(_ source: String, _ destination: String, _ text: String, ttl: UInt8 = 64) -> [UInt8] {
    guard let source = IPAddress(source), let destination = IPAddress(destination) else { return [] }
    let payload = Array(text.utf8)
    func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
    let udp = [0x30, 0x39, 0, 9] + bytes(8 + payload.count) + [0, 0] + payload
    var header: [UInt8] =
        [0x45, 0] + bytes(20 + udp.count) + [0, 0, 0, 0, ttl, 17, 0, 0] + source.bytes + destination.bytes
    let sum = checksum(header)
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 255)
    return header + udp
}

/// RFC 1071. Zero over a header whose checksum is right.
func checksum(_ header: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: header.count, by: 2) {
        sum += UInt32(header[index]) << 8 | UInt32(header[index + 1])
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return ~UInt16(sum)
}

/// Packets that are dropped leave no trace but in counters.
func waitUntil(_ condition: () throws -> Bool) throws {
    let deadline = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds + 10_000_000_000)
    while MonotonicTime.now < deadline {
        if try condition() { return }
        sched_yield()
    }
    Issue.record("it did not happen within 10 s")
}
