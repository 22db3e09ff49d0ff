import TestLab
import TestTunnels

/// Two ends of a tunnel whose allocations are counted. Inside, the left is 10.0.0.1 and fd00::1, the right 10.0.0.2 and
/// fd00::2.
protocol CountedEnds: Sendable {
    var left: Namespace { get }
    var right: Namespace { get }
    /// Of the left and of the right one.
    var counts: [AllocationCounts] { get }
}

/// What one measurement found.
struct Measurement: CustomStringConvertible {
    struct End {
        let allocations: Int
        let receives: Int
        /// That it sent and received at least.
        let packets: Int
    }

    let ends: [End]
    let duration: Duration

    /// Of an end, and in a second: what comes by the clock and not by packets. Workers tell each other now and then what
    /// sessions' timers need to know; besides, there is a handshake every two minutes, and news of the kernel's.
    private static let allowedInASecond = 20

    var allowed: Int { Self.allowedInASecond * Int(duration.components.seconds + 1) }

    var description: String {
        zip(["left", "right"], ends).map { name, end in
            "\(name) \(end.allocations) allocations, \(end.packets) packets in \(end.receives) receives"
        }.joined(separator: "; ") + "; in \(duration.components.seconds) s, \(allowed) allowed"
    }
}

/// Steady traffic both ways: small and large datagrams, and TCP that is cut and merged.
struct CountedTraffic {
    private let ends: any CountedEnds

    init(_ ends: any CountedEnds) {
        self.ends = ends
    }

    /// Once for pools, sessions and flows to come to their size; then once more, counted.
    ///
    /// - Parameter besides: something else to do while it is counted.
    func measure(besides: () async throws -> Void = {}) async throws -> Measurement {
        _ = try await exchange()
        let allocations = try ends.counts.map { try $0.allocations }
        let receives = try ends.counts.map { try $0.receives }
        // What made the sessions was seen: the counter knows these threads.
        guard allocations.allSatisfy({ $0 > 0 }) else { throw LabError("no thread packets-* has allocated anything") }
        for counts in ends.counts { try counts.trace(8) }
        let start = ContinuousClock.now
        try await besides()
        let packets = try await exchange()
        return Measurement(
            ends: try ends.counts.indices.map { index in
                Measurement.End(
                    allocations: try ends.counts[index].allocations - allocations[index],
                    receives: try ends.counts[index].receives - receives[index], packets: packets)
            }, duration: ContinuousClock.now - start)
    }

    private static let megabytes = 96
    /// Of a TCP packet in the tunnel, at most.
    private static let segment = 1400

    /// - Returns: packets that went through, at least.
    private func exchange() async throws -> Int {
        let flows = [
            try await DatagramFlow(
                from: ends.left, to: ends.right, at: "10.0.0.2:9001", rate: 20_000, size: 64, seconds: 1),
            try await DatagramFlow(
                from: ends.right, to: ends.left, at: "[fd00::1]:9002", rate: 10_000, size: 1200, seconds: 1),
        ]
        var packets = 0
        for flow in flows { packets += try await flow.report().received }
        for options in [[], ["--reverse"]] {
            for (count, address) in [(1, "10.0.0.2"), (4, "fd00::2")] {
                try await ends.left.sendStreams(
                    count, megabytes: Self.megabytes / 2, to: ends.right, at: address, options: options)
                packets += (Self.megabytes << 20) / 2 / Self.segment
            }
        }
        return packets
    }
}
