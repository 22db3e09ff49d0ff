internal import TestLab
internal import TestTunnels

/// A flow of datagrams that is to come and go.
struct FlowPlan: Sendable {
    let isAttacked: Bool
    let source: Namespace
    let destination: Namespace
    let target: String
    let rate: Int
    let size: Int
    /// Before it begins.
    let delay: Duration
    let seconds: Double

    func run() async throws -> Tally {
        try await Task.sleep(for: delay)
        let flow = try await DatagramFlow(
            from: source, to: destination, at: target, rate: rate, size: size, seconds: seconds)
        let report = try await flow.report()
        if isAttacked ? report.duplicates > 0 : report.reordered + report.duplicates > 0 {
            say(
                "  \(source.name) to \(target): \(report.reordered) late and \(report.duplicates) twice of \(report.received)"
            )
        }
        return Tally(
            flows: 1, sent: report.sent, received: report.received, reordered: isAttacked ? 0 : report.reordered,
            overtaken: isAttacked ? report.reordered : 0, duplicates: report.duplicates)
    }
}

/// What happened, in sums.
struct Tally: Sendable, CustomStringConvertible {
    var flows = 0
    var streams = 0
    var disturbances = 0
    var sent = 0
    var received = 0
    var reordered = 0
    /// Of flows under attack: those that got lost, and came as the attacker's copies.
    var overtaken = 0
    var duplicates = 0

    mutating func add(_ other: Tally) {
        flows += other.flows
        streams += other.streams
        disturbances += other.disturbances
        sent += other.sent
        received += other.received
        reordered += other.reordered
        overtaken += other.overtaken
        duplicates += other.duplicates
    }

    var description: String {
        "\(flows) flows and \(streams) TCP streams, \(disturbances) disturbances; \(received) of \(sent) datagrams came,"
            + " \(reordered) late, \(duplicates) twice"
    }
}
