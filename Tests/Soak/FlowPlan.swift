internal import TestLab
internal import TestTunnels

/// A flow of datagrams that is to come and go.
struct FlowPlan: Sendable {
    /// Why datagrams of it may rightly come late; `nil`: they may not.
    let excuse: Excuse?
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
        if report.reordered + report.duplicates > 0 {
            say(
                "  \(source.name) to \(target): \(report.reordered) late and \(report.duplicates) twice of \(report.received)"
                    + (excuse.map { ", \($0.rawValue)" } ?? "")
            )
        }
        return Tally(
            flows: 1, sent: report.sent, received: report.received, reordered: excuse == nil ? report.reordered : 0,
            overtaken: excuse == nil ? 0 : report.reordered, duplicates: report.duplicates)
    }
}

/// What lets datagrams be overtaken on the wire.
enum Excuse: String, Sendable {
    /// One that got lost comes as the attacker's copy.
    case attacked
    /// An end changed its address or port, and what came by the old way is still under way.
    case roaming
}

/// What happened, in sums.
struct Tally: Sendable, CustomStringConvertible {
    var flows = 0
    var streams = 0
    var disturbances = 0
    var sent = 0
    var received = 0
    var reordered = 0
    /// As above, with an excuse.
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
