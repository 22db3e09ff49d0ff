import TestLab
import TestTunnels

/// A pair of plain WireGuard interfaces.
struct CountedPair: CountedEnds {
    let counts: [AllocationCounts]
    private let pair: Pair

    var left: Namespace { pair.left.namespace }
    var right: Namespace { pair.right.namespace }

    init(_ lab: Lab, over underlay: Underlay = .v4) async throws {
        let (left, right) = (try AllocationCounts("left", lab), try AllocationCounts("right", lab))
        pair = try await Pair(
            lab, Pairing(initiator: .cvland, responder: .cvland), over: underlay,
            environment: (left.environment, right.environment))
        counts = [left, right]
        try await pair.expectTraffic()
    }

    /// What makes one packet of many, or carries it on as one.
    func turnOffOffloads() throws {
        for (namespace, cable) in [(left, pair.leftCable), (right, pair.rightCable)] {
            try namespace.run(
                "ethtool", "-K", cable, "tso", "off", "gso", "off", "gro", "off", "tx-udp-segmentation", "off")
        }
    }

    /// Makes the left one's peer, and with it the session, anew.
    func renewSessions() async throws {
        try pair.configureLeft()
        try await eventually("there is a new session") { try left.reaches("10.0.0.2") }
    }
}
