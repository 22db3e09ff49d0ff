internal import Glibc
internal import TestLab
internal import TestRandom
internal import TestTunnels

/// A hub and its spokes, kept busy in rounds. In each, datagrams flow from every spoke to the hub, back, and on to the
/// next spoke, TCP streams come and go, and meanwhile one spoke changes its port, one its address, and two lose their
/// session or their peer and get it anew. All the time, an attacker sends again what half of the spokes send.
struct Soak {
    private let lab: Lab
    private let star: Star
    private let attacker: Attacker
    private var random: SeededRandom
    private var history = FootprintHistory()
    private var total = Tally()
    private var roaming: Roaming
    private var nextPort = 20_000

    init(_ lab: Lab, spokes: Int, seed: UInt64) async throws {
        self.lab = lab
        star = try await Star(lab, spokes: spokes)
        try star.forward()
        try Wire.keepOrder(star.underlay.namespace)
        for spoke in star.spokes { try Wire.keepOrder(spoke.namespace) }
        try Wire.keepOrder(star.hub.namespace)
        // The attacker understands frames only as they are on a wire; the other half goes in large pieces.
        let victims = Array(star.spokes.prefix((spokes + 1) / 2))
        for spoke in victims { try Wire.turnOffOffloads(spoke.namespace, star.cable) }
        attacker = Attacker(star, victims: victims)
        roaming = Roaming(star)
        random = SeededRandom(seed)
        for number in 1...spokes {
            try await eventually("spoke \(number) reaches the hub") {
                try star.spokes[number - 1].namespace.reaches(Star.hubInside[0])
            }
        }
        try roaming.makeAddressesKnown()
    }

    /// Some more than what it takes to be warm.
    private static let leastRounds = 2 * FootprintHistory.warmUp

    /// Returns whether everything was as it should be.
    mutating func run(for duration: Duration) async throws -> Bool {
        let control = try await attacker.attackBareWire()
        say("bare wire, attacked: \(control.duplicates) of \(control.received) datagrams came twice")
        let end = ContinuousClock.now + duration
        try await attacker.begin()
        var round = 0
        while round < Self.leastRounds || ContinuousClock.now < end {
            round += 1
            let tally = try await oneRound()
            total.add(tally)
            let footprint = Footprint(of: daemons)
            history.note(footprint)
            say("round \(round): \(tally); \(megabytes(footprint.memory.max() ?? 0)) MB at most")
        }
        // Who was told of a peer anew has forgotten how new its last initiation was, and would take an old one.
        total.add(try await roaming.renewSessions())
        try await reachHub()
        let quiet = try await attacker.attackWhileQuiet()
        say("quiet, all sent again: \(quiet.packets) packets out of the hub's tunnel")
        return conclude(control, quiet, rounds: round)
    }

    private var daemons: [Daemon] { ([star.hub] + star.spokes).compactMap(\.daemon) }

    // MARK: A round

    private mutating func oneRound() async throws -> Tally {
        let disturbances = roaming.draw(&random)
        var plans: [FlowPlan] = []
        let spokes = star.spokes
        for index in spokes.indices {
            let other = (index + 1) % spokes.count
            plans.append(plan(from: spokes[index], to: star.hub, at: Star.hubInside, disturbances))
            plans.append(plan(from: star.hub, to: spokes[index], at: Star.inside(index + 1), disturbances))
            plans.append(plan(from: spokes[index], to: spokes[other], at: Star.inside(other + 1), disturbances))
        }
        plans.shuffle(using: &random)
        let streams = [Int.random(in: 0..<spokes.count, using: &random)]
        let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
            for plan in plans { group.addTask { try await plan.run() } }
            for index in streams { group.addTask { [star] in try await Self.stream(star, index) } }
            group.addTask { [roaming] in try await roaming.disturb(disturbances) }
            return try await group.reduce(into: Tally()) { $0.add($1) }
        }
        roaming.note(disturbances)
        try await reachHub()
        return tally
    }

    private func reachHub() async throws {
        for spoke in star.spokes {
            try await eventually("\(spoke.interface) has recovered", within: .seconds(30)) {
                try spoke.namespace.reaches(Star.hubInside[0])
            }
        }
    }

    private func excuse(_ source: Tunnel, _ destination: Tunnel, _ disturbances: [Roaming.Planned]) -> Excuse? {
        if attacker.attacks(source) { return .attacked }
        let roaming = disturbances.filter(\.changesPath).map { star.spokes[$0.spoke] }
        return roaming.contains { $0 === source || $0 === destination } ? .roaming : nil
    }

    private mutating func plan(
        from source: Tunnel, to destination: Tunnel, at addresses: [String], _ disturbances: [Roaming.Planned]
    ) -> FlowPlan {
        nextPort = nextPort == 50_000 ? 20_000 : nextPort + 1
        let isV4 = Bool.random(using: &random)
        return FlowPlan(
            excuse: excuse(source, destination, disturbances),
            source: source.namespace, destination: destination.namespace,
            target: isV4 ? "\(addresses[0]):\(nextPort)" : "[\(addresses[1])]:\(nextPort)",
            rate: Int.random(in: 300...2_000, using: &random), size: Int.random(in: 16...1_300, using: &random),
            delay: .milliseconds(Int.random(in: 0...1_000, using: &random)),
            seconds: Double.random(in: 0.5...2, using: &random))
    }

    private static func stream(_ star: Star, _ index: Int) async throws -> Tally {
        let spoke = star.spokes[index].namespace
        for options in [[], ["--reverse"]] {
            try await spoke.sendStreams(
                2, megabytes: 16, to: star.hub.namespace, at: Star.hubInside[index % 2], options: options)
        }
        return Tally(streams: 4)
    }

    // MARK: What came of it

    private func conclude(_ control: DatagramReport, _ quiet: Attacker.Quiet, rounds: Int) -> Bool {
        let copied = quiet.report["copied"] ?? 0
        let resent = quiet.report["resent"] ?? 0
        var checks = [
            Check(
                "order", total.reordered == 0 && total.overtaken * 100 < total.received,
                "\(total.reordered) datagrams came after a later one of their flow (and \(total.overtaken) of flows under"
                    + " attack or roaming)"),
            Check("twice", total.duplicates == 0, "\(total.duplicates) datagrams came twice out of a tunnel"),
            Check(
                "replay", quiet.packets == 0 && quiet.endpointsMoved == 0 && resent > 2 * copied && copied > 1_000,
                "\(copied) datagrams were copied and \(resent) sent again; of the last of them, while all was quiet,"
                    + " \(quiet.packets) came out and \(quiet.endpointsMoved) moved an endpoint"),
            Check(
                "replay on the bare wire", control.duplicates * 2 > control.received && control.received > 0,
                "\(control.duplicates) of \(control.received) came twice: the attack works where nothing withstands"),
            Check(
                "traffic", total.received * 2 > total.sent,
                "\(total.received) of \(total.sent) datagrams of \(total.flows) flows arrived, and \(total.streams) TCP"
                    + " streams ended well, with \(total.disturbances) disturbances"),
            Check(
                "memory", history.growth <= FootprintHistory.allowedGrowth,
                "\(megabytes(history.most)) MB at most in one process; \(megabytes(history.growth)) MB more at the end"
                    + " than when it was warm (\(megabytes(FootprintHistory.allowedGrowth)) allowed)"),
            Check(
                "descriptors", history.descriptorsAreConstant,
                "\(history.descriptors) in \(daemons.count) processes\(history.descriptorsAreConstant ? ", as at first" : ", and not as at first")"
            ),
        ]
        checks.append(Check("processes", daemons.allSatisfy(\.isRunning), "all are the ones that were started"))
        for check in checks { say("\(check.isPassed ? "passed" : "FAILED")  \(check.name): \(check.text)") }
        let failed = checks.filter { !$0.isPassed }
        say(
            failed.isEmpty
                ? "soak passed after \(rounds) rounds" : "soak FAILED: \(failed.map(\.name).joined(separator: ", "))")
        return failed.isEmpty
    }

    private struct Check {
        let name: String
        let isPassed: Bool
        let text: String

        init(_ name: String, _ isPassed: Bool, _ text: String) {
            self.name = name
            self.isPassed = isPassed
            self.text = text
        }
    }
}

/// Prints a line at once, whoever reads it.
func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// With one decimal.
func megabytes(_ bytes: Int) -> String {
    let tenths = (Double(bytes) / Double(1 << 20) * 10).rounded() / 10
    return "\(tenths)"
}
