import Addressing
import OpenSSL
import TestRandom
import Tunneling
import WireGuard

/// A device with what stands around it in a test: where it is, what came out of it for the tunnel.
final class Host {
    let device: Device
    let environment: TestEnvironment
    var endpoint: Endpoint
    var source: LocalSource { LocalSource(address: endpoint.address, interface: 2) }
    let tunnel: IPAddress
    let tunnelV6: IPAddress
    let publicKey: PublicKey
    private(set) var delivered: [(peer: PeerID, packet: [UInt8])] = []
    private(set) var dropped: [DropReason] = []

    /// The tunnel addresses are 10.0.0.0 + number and fd00:: + number; the endpoint is 192.0.2.0 + number, port 51820.
    init(_ number: UInt32, seed: UInt64 = 1) throws {
        environment = TestEnvironment(seed: seed &* 1000 &+ UInt64(number))
        device = Device(environment: environment.environment)
        endpoint = Endpoint(IPAddress(v4: 0xC000_0200 + number), port: 51820)
        tunnel = IPAddress(v4: 0x0A00_0000 + number)
        tunnelV6 = IPAddress(v6: (UInt128(0xFD00) << 112) + UInt128(number))
        var generator = SeededRandom(seed &* 7919 &+ UInt64(number))
        guard let key = SecretKey(copying: generator.bytes(32)) else { throw BadLiteral() }
        device.setPrivateKey(key, now: .start)
        guard let publicKey = device.publicKey else { throw BadLiteral() }
        self.publicKey = publicKey
    }

    /// Makes `other` a peer with its tunnel addresses.
    @discardableResult
    func add(_ other: Host, at endpoint: Endpoint? = nil, presharedKey: SecretKey? = nil) throws -> PeerID {
        guard let peer = device.addPeer(other.publicKey) else { throw BadLiteral() }
        device.setPresharedKey(presharedKey, of: peer)
        device.setEndpoint(endpoint, of: peer, now: .start)
        device.replaceAllowedIPs([IPPrefix(host: other.tunnel), IPPrefix(host: other.tunnelV6)], of: peer)
        return peer
    }

    /// The other host as a peer of this one.
    func peer(_ other: Host) throws -> PeerID {
        guard let peer = device.peer(for: other.publicKey) else { throw BadLiteral() }
        return peer
    }

    func packet(to other: Host, _ payload: [UInt8] = [1, 2, 3]) -> [UInt8] {
        TestPacket.make(from: tunnel, to: other.tunnel, payload: payload)
    }

    /// Seals a packet for whom its destination belongs to; a datagram that is ready goes after what is in the outbox.
    @discardableResult
    func send(_ packet: [UInt8], to other: Host, now: Instant) throws -> (Sealed, [Outgoing]) {
        guard let peer = device.ownLane.lookup(other.tunnel) else { throw BadLiteral() }
        return seal(packet, for: peer, now: now)
    }

    func seal(_ packet: [UInt8], for peer: PeerID, now: Instant) -> (Sealed, [Outgoing]) {
        var buffer =
            [UInt8](repeating: 0xAA, count: Device.headroom) + packet
            + [UInt8](repeating: 0xAA, count: Device.tailroom)
        let range = Device.headroom..<(Device.headroom + packet.count)
        let sealed = buffer.withUnsafeMutableBytes { device.seal($0, packet: range, for: peer, now: now) }
        var outgoing = device.takeOutbox()
        if case .datagram(let range) = sealed, let path = device.ownLane.path(of: peer) {
            outgoing.append(Outgoing(bytes: Array(buffer[range]), path: path))
        }
        return (sealed, outgoing)
    }

    @discardableResult
    func receive(_ datagram: [UInt8], from endpoint: Endpoint, now: Instant) -> Received {
        var buffer = datagram
        let received = buffer.withUnsafeMutableBytes { device.receive($0, from: endpoint, via: source, now: now) }
        switch received {
        case .packet(let peer, let range): delivered.append((peer, Array(buffer[range])))
        case .dropped(let reason): dropped.append(reason)
        case .handled: break
        }
        return received
    }

    func forgetDelivered() {
        delivered = []
        dropped = []
    }
}

extension Instant {
    /// Some time after the clock's zero.
    static let start = Instant(nanoseconds: 1_000_000_000_000)

    static func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: start.nanoseconds + UInt64(seconds * 1_000_000_000))
    }

    var secondsSinceStart: Double { Double(nanoseconds - Self.start.nanoseconds) / 1_000_000_000 }
}
