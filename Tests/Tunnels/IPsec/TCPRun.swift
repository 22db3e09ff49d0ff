package import TestLab

/// iperf3 between two namespaces for a while; whoever uses it looks meanwhile at what goes on.
package final class TCPRun: Sendable {
    private let client: Daemon

    package init(
        from source: Namespace, to destination: Namespace, at address: String, seconds: Int, streams: Int = 2
    ) async throws {
        _ = try destination.start("iperf3", "iperf3", "-s", "-1", "-B", address)
        try await eventually("iperf3 listens") {
            try destination.run("ss", "-Hltn", "sport = :5201").contains("5201")
        }
        // Both directions at once.
        client = try source.start("iperf3", "iperf3", "-c", address, "-t", "\(seconds)", "-P", "\(streams)", "--bidir")
    }

    package var isRunning: Bool { client.isRunning }

    /// After its end: no connection was lost, and none stood still to the end.
    package func expectSuccess() throws {
        guard client.exitStatus == 0 else { throw LabError("iperf3: \(client.log)") }
    }
}
