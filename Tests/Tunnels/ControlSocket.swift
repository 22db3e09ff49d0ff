internal import Addressing
internal import PacketIO
internal import SwiftProtobuf
package import TestLab
package import WireFormat

/// A `cvland` that an agent manages, and its control socket.
package struct ControlSocket: Sendable {
    package let path: String
    package let daemon: Daemon

    /// Starts `cvland` in a namespace; returns when it can be spoken to.
    package init(
        in namespace: Namespace, _ label: String, _ lab: Lab, environment: [String: String] = [:]
    ) async throws {
        let path = "\(lab.directory)/\(label).sock"
        self.path = path
        let daemon = try namespace.start(label, program("cvland"), "--socket", path, environment: environment)
        self.daemon = daemon
        try await eventually("cvland listens") {
            if !daemon.isRunning { throw LabError("cvland ended:\n\(daemon.log)") }
            return (try? UnixStream.connect(path: path)) != nil
        }
    }

    /// Has operations carried out; throws when one fails.
    package func apply(_ operations: [WireOperation.OneOf_Op]) async throws {
        var request = WireDataPathRequest()
        request.apply.operations = operations.map { op in
            var operation = WireOperation()
            operation.op = op
            return operation
        }
        let errors = try await ask(request).applied.errors
        guard errors.allSatisfy(\.isEmpty) else { throw LabError("cvland refuses: \(errors)") }
    }

    package func state() async throws -> WireDataPathState {
        var request = WireDataPathRequest()
        request.getState = WireGetState()
        return try await ask(request).state
    }

    private func ask(_ request: WireDataPathRequest) async throws -> WireDataPathReply {
        var request = request
        request.id = 1
        let stream = try UnixStream.connect(path: path)
        var left = try Framing.fixed32.encode(request)[...]
        try await eventually("the request is written") {
            left = left.dropFirst(try stream.write(left))
            return left.isEmpty
        }
        var decoder = FrameDecoder(.fixed32, limit: 1 << 20)
        let answer: [UInt8] = try await eventually("cvland answers") {
            var bytes: [UInt8] = []
            _ = try stream.read(into: &bytes)
            decoder.append(bytes)
            return try decoder.next()
        }
        let reply = try WireDataPathReply(serializedBytes: answer)
        guard reply.error.isEmpty else { throw LabError("cvland refuses: \(reply.error)") }
        return reply
    }
}

extension WirePrefix {
    /// Host bits stay.
    package init(text: String) throws {
        guard let prefix = IPPrefix(text) else { throw LabError("\(text) is no prefix") }
        self.init(prefix)
    }
}
