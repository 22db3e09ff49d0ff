import Addressing
import DataPath
import Foundation
import OpenSSL
import PacketIO
import Testing
import WireFormat

/// An engine with one interface, that a socket pair stands for, and what an agent has of it.
final class ControlledEngine {
    let engine: Engine
    let service: ControlService
    /// The TUN device's other end.
    private let end: Descriptor
    let ports: IPsecPorts
    let log = LogLines()

    init() throws {
        let log = log.logger
        // Ports that are free at this moment.
        let free = try (0..<2).map { _ in try UDPSockets(port: 0) }
        ports = IPsecPorts(plain: free[0].port, encapsulated: free[1].port)
        engine = try Engine(loop: try EventLoop(), log: log, workerCount: 1, ipsecPorts: ports)
        service = ControlService(engine: engine, log: log)
        let (device, end) = try StandIn.pair()
        self.end = end
        let link = Link(index: 999_999, name: "test", mtu: 1_280, isUp: true)
        let interface = try engine.add(TUNDevice(standIn: device), link: link, domain: "acme/office")
        try interface.perform { tunnel in
            tunnel.device.setPrivateKey(.random(), now: tunnel.clock)
            tunnel.linkChanged(isUp: true, mtu: 1_280, now: tunnel.clock)
        }
    }

    deinit {
        engine.shutDown()
    }

    /// Of each operation its error.
    func apply(_ operations: WireOperation.OneOf_Op?...) throws -> [String] {
        var request = WireDataPathRequest()
        request.apply.operations = operations.map { op in
            var operation = WireOperation()
            operation.op = op
            return operation
        }
        return try answer(request).applied.errors
    }

    func state() throws -> WireInterfaceState {
        var request = WireDataPathRequest()
        request.getState = WireGetState()
        return try #require(try answer(request).state.interfaces.first)
    }

    private func answer(_ request: WireDataPathRequest) throws -> WireDataPathReply {
        var out = OutgoingBytes()
        var frames = FrameDecoder(.fixed32, limit: 64 << 20)
        try service.answer(request, out: &out)
        while case let next = out.next(), !next.isEmpty {
            frames.append(next)
            out.drop(next.count)
        }
        return try WireDataPathReply(serializedBytes: try #require(try frames.next()))
    }

    func send(_ packet: [UInt8]) { _ = write(end.number, packet, packet.count) }

    /// The next packet that comes out of the tunnel; `nil` when none came for so long.
    func receive(milliseconds: Int32 = 10_000) -> [UInt8]? {
        var state = pollfd(fd: end.number, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, milliseconds) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_535)
        let count = read(end.number, &buffer, buffer.count)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
