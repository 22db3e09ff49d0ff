package import TestLab

extension Namespace {
    /// Has iperf3 send so many bytes in all over TCP streams to another namespace, and waits for its end.
    package func sendStreams(
        _ count: Int = 1, megabytes: Int, to destination: Namespace, at address: String, options: [String] = [],
        within bound: Duration = .seconds(60)
    ) async throws {
        let server = try destination.start("iperf3", "iperf3", "-s", "-1", "-B", address)
        try await eventually("iperf3 listens") {
            try destination.run("ss", "-Hltn", "sport = :5201").contains("5201")
        }
        let client = try start(
            "iperf3", arguments: ["iperf3", "-c", address, "-n", "\(megabytes)M", "-P", "\(count)"] + options)
        let status = try await client.waitForExit(within: bound)
        guard status == 0 else { throw LabError("iperf3: \(client.log)") }
        try await server.waitForExit()
    }
}
