import Addressing
import OpenSSL
import Tunneling
import WireGuard

/// libFuzzer's entry: an input is a script for two devices that know each other and for what comes between them.
///
/// Each step is an opcode byte with its operands; see `FuzzSession.step`. Genuine messages are made by the devices themselves,
/// so that the fuzzer gets past the cryptography and mutates what is behind it: order, repetition, times, single bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWireGuard(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 0 else { return 0 }
    var session = FuzzSession(script: UnsafeBufferPointer(start: data, count: min(count, 4096)))
    session?.run()
    return 0
}

/// The same bytes on every run: a fuzzer must be able to repeat what it found.
private final class Counter: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: a device calls its environment on the fuzzer's only thread.
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for index in buffer.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            buffer[index] = UInt8(truncatingIfNeeded: state >> 33)
        }
    }
}

private struct FuzzSession {
    private static let endpoints = [
        Endpoint(IPAddress(v4: 0xC000_0201), port: 51820), Endpoint(IPAddress(v4: 0xC000_0202), port: 51820),
    ]

    private var script: ArraySlice<UInt8>
    private let devices: [Device]
    private let peers: [PeerID]
    private var now = Instant(nanoseconds: 1_000_000_000_000)
    /// What was sent, newest last; bounded.
    private var wire: [(from: Int, bytes: [UInt8])] = []

    init?(script: UnsafeBufferPointer<UInt8>) {
        self.script = Array(script)[...]
        let devices = (0..<2 as Range<UInt64>).map { number in
            let counter = Counter(number + 1)
            return Device(
                environment: Environment(
                    random: { counter.fill($0) },
                    wallTime: { WallTime(seconds: 1_800_000_000, nanoseconds: 0) }))
        }
        self.devices = devices
        for (number, device) in devices.enumerated() {
            device.setPrivateKey(SecretKey { Counter(UInt64(number) + 77).fill($0) }, now: now)
        }
        var peers: [PeerID] = []
        for number in devices.indices {
            guard let key = devices[1 - number].publicKey, let peer = devices[number].addPeer(key) else { return nil }
            devices[number].setEndpoint(Self.endpoints[1 - number], of: peer, now: now)
            devices[number].addAllowedIP(IPPrefix(host: IPAddress(v4: 0x0A00_0002 - UInt32(number))), to: peer)
            peers.append(peer)
        }
        self.peers = peers
    }

    mutating func run() {
        while let opcode = script.popFirst() { step(opcode) }
    }

    private mutating func operand() -> UInt8 { script.popFirst() ?? 0 }

    private mutating func step(_ opcode: UInt8) {
        let side = Int(opcode & 1)
        let device = devices[side]
        switch (opcode >> 1) % 10 {
        case 0:  // A raw datagram: a length and its bytes.
            let count = Int(operand())
            deliver(Array(script.prefix(count)), to: side)
            script = script.dropFirst(count)
        case 1:  // An IP packet with so many bytes of payload.
            send(payload: Int(operand()), from: side)
        case 2:  // A message from the wire, counted from the newest.
            if let message = pick() { deliver(message.bytes, to: 1 - message.from) }
        case 3:  // The same with a byte changed.
            guard var message = pick() else { return }
            let index = Int(operand()) % message.bytes.count
            message.bytes[index] ^= max(1, operand())
            deliver(message.bytes, to: 1 - message.from)
        case 4:  // Cut short.
            guard let message = pick() else { return }
            deliver(Array(message.bytes.prefix(Int(operand()))), to: 1 - message.from)
        case 5:  // Time passes, and what is due is done.
            now = now + .milliseconds(UInt64(operand()) * 1000)
            device.advance(to: now)
        case 6:
            device.forcesCookies.toggle()
        case 7:
            device.setPersistentKeepalive(UInt16(operand()), of: peers[side], now: now)
        case 8:
            device.startHandshake(with: peers[side], now: now)
        default:
            device.goDown()
            device.goUp(now: now)
        }
        collect(from: side)
        collect(from: 1 - side)
        while wire.count > 64 { wire.removeFirst() }
    }

    private mutating func pick() -> (from: Int, bytes: [UInt8])? {
        let back = Int(operand())
        return wire.isEmpty ? nil : wire[wire.count - 1 - back % wire.count]
    }

    private mutating func collect(from side: Int) {
        for datagram in devices[side].takeOutbox() { wire.append((side, datagram.bytes)) }
        if let deadline = devices[side].nextDeadline { precondition(deadline != .never, "a deadline that never comes") }
    }

    private func deliver(_ bytes: [UInt8], to side: Int) {
        var buffer = bytes
        let received = buffer.withUnsafeMutableBytes {
            devices[side].receive($0, from: Self.endpoints[1 - side], via: nil, now: now)
        }
        if case .packet(let peer, let range) = received {
            precondition(peer == peers[side] && range.lowerBound == 16 && range.upperBound <= buffer.count - 16)
        }
    }

    private mutating func send(payload count: Int, from side: Int) {
        let own = UInt8(side + 1)
        let header: [UInt8] = [0x45, 0, 0, UInt8(truncatingIfNeeded: 20 + count)] + [UInt8](repeating: 0, count: 8)
        let packet = header + [10, 0, 0, own, 10, 0, 0, 3 - own] + [UInt8](repeating: 1, count: count)
        var buffer =
            [UInt8](repeating: 0, count: Device.headroom) + packet + [UInt8](repeating: 0, count: Device.tailroom)
        let range = Device.headroom..<(Device.headroom + packet.count)
        let sealed = buffer.withUnsafeMutableBytes {
            devices[side].seal($0, packet: range, for: peers[side], now: now)
        }
        if case .datagram(let range) = sealed { wire.append((side, Array(buffer[range]))) }
    }
}
