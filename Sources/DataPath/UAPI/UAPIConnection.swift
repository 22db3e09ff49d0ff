internal import Glibc
internal import PacketIO
internal import WireGuard

/// One connection to an interface's WireGuard configuration socket.
package final class UAPIConnection: ConnectionHandler {
    private let interface: ManagedInterface
    private var parser = UAPIParser()
    private var session = UAPISession()
    /// Whether the `set` that is under way has failed: the rest of it is passed over.
    private var failure: UAPIError?

    /// Lines that are carried out in one go. The interface moves no packets meanwhile.
    private static let portion = 4_096

    package init(_ interface: ManagedInterface) {
        self.interface = interface
    }

    package func receive(_ bytes: [UInt8], out: inout OutgoingBytes) throws {
        var events: [UAPIParser.Event] = []
        var parseError: UAPIError?
        do throws(UAPIError) {
            try parser.feed(bytes, into: &events)
        } catch {
            parseError = error
        }
        var operations: [UAPIOperation] = []
        for event in events {
            switch event {
            case .operation(let operation):
                operations.append(operation)
                if operations.count == Self.portion { carryOut(&operations) }
            case .endOfSet:
                carryOut(&operations)
                finish(&out, failure)
                session = UAPISession()
                failure = nil
            case .get:
                report(&out)
            }
        }
        carryOut(&operations)
        if let parseError {
            finish(&out, failure ?? parseError)
            throw parseError
        }
    }

    private func carryOut(_ operations: inout [UAPIOperation]) {
        defer { operations = [] }
        guard failure == nil, !operations.isEmpty else { return }
        do {
            session = try interface.perform { [session, operations] tunnel in
                var session = session
                let now = Instant.now
                for operation in operations { try session.apply(operation, to: tunnel, now: now) }
                return session
            }
        } catch {
            failure = Self.refusal(error)
        }
    }

    private func report(_ out: inout OutgoingBytes) {
        do {
            let report = try interface.perform { tunnel in
                UAPIReport(
                    privateKey: tunnel.device.privateKey, listenPort: tunnel.port, mark: tunnel.mark,
                    peers: tunnel.peerSnapshots())
            }
            var bytes: [UInt8] = []
            report.encode(into: &bytes)
            out.append(bytes)
            finish(&out, nil)
        } catch {
            finish(&out, Self.refusal(error))
        }
    }

    private func finish(_ out: inout OutgoingBytes, _ error: UAPIError?) {
        out.append("errno=\(error.map { -$0.code } ?? 0)\n\n".utf8)
    }

    private static func refusal(_ error: any Error) -> UAPIError {
        switch error {
        case let error as UAPIError: error
        case let error as IOError: UAPIError(code: error.code, error.description)
        default: UAPIError(code: EIO, "\(error)")
        }
    }
}
