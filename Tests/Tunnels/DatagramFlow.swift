internal import FoundationEssentials
package import TestLab

/// Numbered datagrams from one namespace to another at a steady rate, by `cvlan-load`: what arrived, and how.
package final class DatagramFlow: Sendable {
    private let sender: Daemon
    private let receiver: Daemon
    private let seconds: Double
    /// Seconds without a datagram after which it was all: the last ones, which say so, may be lost.
    private static let patience = 2

    /// - Parameters:
    ///   - target: an address of the receiver's, and a port that nobody has there.
    ///   - rate: datagrams a second.
    ///   - size: bytes of payload, 16 at least.
    package init(
        from source: Namespace, to destination: Namespace, at target: String, rate: Int, size: Int, seconds: Double
    ) async throws {
        self.seconds = seconds
        let load = try program("cvlan-load")
        let receiver = try destination.start(
            "receive", load, "receive", "--at", target, "--patience", "\(Self.patience)")
        try await eventually("cvlan-load receives at \(target)") {
            if !receiver.isRunning { throw LabError("cvlan-load ended:\n\(receiver.log)") }
            return receiver.log.contains("ready")
        }
        self.receiver = receiver
        sender = try source.start(
            "send", load, "send", "--to", target, "--rate", "\(rate)", "--size", "\(size)", "--seconds", "\(seconds)")
    }

    /// Waits for its end.
    package func report() async throws -> DatagramReport {
        try await sender.waitForExit(within: .seconds(seconds + 20))
        try await receiver.waitForExit(within: .seconds(20))
        let (sent, received) = (try figures(sender), try figures(receiver))
        return DatagramReport(
            sent: sent["sent"] ?? 0, received: received["received"] ?? 0, reordered: received["reordered"] ?? 0,
            duplicates: received["duplicates"] ?? 0)
    }

    private func figures(_ daemon: Daemon) throws -> [String: Int] {
        guard daemon.exitStatus == 0, let line = daemon.log.split(separator: "\n").last,
            let figures = try? JSONDecoder().decode([String: Double].self, from: Data(line.utf8))
        else { throw LabError("cvlan-load ended with \(daemon.exitStatus ?? 0):\n\(daemon.log)") }
        return figures.mapValues { Int($0) }
    }
}

/// What became of a flow's datagrams.
package struct DatagramReport: Sendable {
    package let sent: Int
    package let received: Int
    /// Those that came after one with a higher number.
    package let reordered: Int
    /// Those that had come before.
    package let duplicates: Int
}
