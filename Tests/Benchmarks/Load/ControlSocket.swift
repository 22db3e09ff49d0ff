internal import ArgumentParser
internal import Glibc
internal import PacketIO
internal import WireFormat

/// Has a `cvland` that an agent manages do something.
struct ControlSocket {
    let path: String

    /// Throws unless all of it was done.
    func apply(_ operations: [WireOperation.OneOf_Op]) throws {
        var request = WireDataPathRequest()
        request.id = 1
        request.apply.operations = operations.map { op in
            var operation = WireOperation()
            operation.op = op
            return operation
        }
        let reply = try WireDataPathReply(serializedBytes: try ask(Framing.fixed32.encode(request)))
        let errors = [reply.error] + reply.applied.errors
        guard errors.allSatisfy(\.isEmpty) else { throw ValidationError("cvland refuses: \(errors)") }
    }

    private func ask(_ request: [UInt8]) throws -> [UInt8] {
        let stream = try UnixStream.connect(path: path)
        var left = request[...]
        while !left.isEmpty {
            left = left.dropFirst(try stream.write(left))
            if !left.isEmpty { wait(for: POLLOUT, on: stream) }
        }
        var decoder = FrameDecoder(.fixed32, limit: 1 << 24)
        while true {
            var bytes: [UInt8] = []
            guard try stream.read(into: &bytes) != .end else { throw ValidationError("cvland has closed the socket") }
            decoder.append(bytes)
            if let reply = try decoder.next() { return reply }
            wait(for: POLLIN, on: stream)
        }
    }

    private func wait(for events: Int32, on stream: UnixStream) {
        var state = pollfd(fd: stream.descriptor.number, events: Int16(events), revents: 0)
        poll(&state, 1, 10_000)
    }
}
