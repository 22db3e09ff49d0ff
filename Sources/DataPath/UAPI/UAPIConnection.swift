internal import Glibc
internal import PacketIO
internal import Tunneling
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
    /// Peers that are reported in one go: as above, and no more of a report is in memory.
    private static let peersAtOnce = 512

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
        var next: UInt32? = 0
        out.append(from: { [interface] in
            guard let first = next else { return nil }
            var bytes: [UInt8] = []
            do {
                let report: UAPIReport
                (report, next) = try interface.perform { Self.report(of: $0, from: first) }
                report.encode(into: &bytes)
                if next == nil { bytes += Self.end(nil) }
            } catch {
                next = nil
                bytes += Self.end(Self.refusal(error))
            }
            return bytes
        })
    }

    /// A part of the report, and which peer comes next.
    private static func report(of tunnel: TunnelInterface, from first: UInt32) -> (UAPIReport, next: UInt32?) {
        let (peers, next) = tunnel.device.snapshots(from: first, limit: peersAtOnce)
        let report =
            first == 0
            ? UAPIReport(
                privateKey: tunnel.device.privateKey, listenPort: tunnel.port, mark: tunnel.mark, peers: peers)
            : UAPIReport(peers: peers)
        return (report, next)
    }

    private func finish(_ out: inout OutgoingBytes, _ error: UAPIError?) {
        out.append(Self.end(error))
    }

    private static func end(_ error: UAPIError?) -> [UInt8] {
        Array("errno=\(error.map { -$0.code } ?? 0)\n\n".utf8)
    }

    private static func refusal(_ error: any Error) -> UAPIError {
        switch error {
        case let error as UAPIError: error
        case let error as IOError: UAPIError(code: error.code, error.description)
        default: UAPIError(code: EIO, "\(error)")
        }
    }
}
