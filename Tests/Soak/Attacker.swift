internal import FoundationEssentials
internal import TestLab
internal import TestTunnels

/// Who sits in the switch, before the hub's port, and sends again what the victims sent there.
///
/// A copy of a datagram that got lost is taken, and late: the order of what they send says nothing.
final class Attacker {
    private let star: Star
    private let switchSpace: Namespace
    private let victims: [Tunnel]
    private var process: Daemon?

    init(_ star: Star, victims: [Tunnel]) {
        self.star = star
        self.victims = victims
        switchSpace = star.underlay.namespace
    }

    func attacks(_ source: Tunnel) -> Bool { victims.contains { $0 === source } }

    /// Without a tunnel, to show that the attack works: a flow through the same switch, attacked in the same way.
    func attackBareWire() async throws -> DatagramReport {
        let process = try await start(port: 9_000)
        let flow = try await DatagramFlow(
            from: victims[0].namespace, to: star.hub.namespace, at: "192.0.2.100:9000", rate: 1_000, size: 200,
            seconds: 3)
        let report = try await flow.report()
        try await process.stop()
        return report
    }

    /// From now on until `attackWhileQuiet`.
    func begin() async throws {
        process = try await start(port: 51_820, "--pauses")
    }

    struct Quiet {
        /// That came out of the hub's tunnel.
        let packets: Int
        let endpointsMoved: Int
        /// As the attacker counted.
        let report: [String: Int]
    }

    /// Once nothing is under way any more, everything that is still known is sent again.
    func attackWhileQuiet() async throws -> Quiet {
        guard let process else { throw LabError("there is no attacker") }
        process.signal(15)
        try await eventually("the attacker pauses") { process.log.contains("copied") }
        try await eventually("all is quiet", within: .seconds(20)) {
            let before = try received()
            try await Task.sleep(for: .milliseconds(500))
            return try received() == before
        }
        let (packets, endpoints) = (try received(), try star.hub.show("endpoints"))
        try await process.stop(within: .seconds(30))
        guard let line = process.log.split(separator: "\n").last,
            let report = try? JSONDecoder().decode([String: Int].self, from: Data(line.utf8))
        else { throw LabError("the attacker: \(process.log)") }
        let moved = try star.hub.show("endpoints").filter { endpoints[$0] != $1 }
        return Quiet(packets: try received() - packets, endpointsMoved: moved.count, report: report)
    }

    /// Packets that have come out of the hub's tunnel.
    private func received() throws -> Int {
        let path = "/sys/class/net/\(star.hub.interface)/statistics/rx_packets"
        return Int(try star.hub.namespace.run("cat", path).trimmed) ?? 0
    }

    private func start(port: Int, _ options: String...) async throws -> Daemon {
        let places = try victims.map { try star.place(of: $0) }
        let process = try switchSpace.start(
            "attacker",
            arguments: [try program("cvlan-soak"), "replay", "--interface", "to-hub", "--port", "\(port)"] + options
                + ["--sources"] + places)
        try await eventually("the attacker is ready") {
            if !process.isRunning { throw LabError("the attacker ended: \(process.log)") }
            return process.log.contains("ready")
        }
        return process
    }
}
