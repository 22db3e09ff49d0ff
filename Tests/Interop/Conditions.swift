import TestLab
import TestTunnels
import Testing

/// What data passes under: between whom, over what, in packets how long.
struct Conditions: Sendable, CustomTestStringConvertible {
    let other: Implementation
    let underlay: Underlay
    /// Whether the cable takes large pieces and brings them.
    let hasOffloads: Bool
    /// Of the inner interfaces.
    let mtu: Int

    private static let mtus = [1280, 1420, 8920, 65_520]

    /// Every combination of the three that have two values, each once, and every MTU with each value of each of them: any
    /// two values of different kinds meet. All with IPv4 and IPv6 inside.
    static let all: [Conditions] = (0..<8).flatMap { number in
        let others = number & 4 == 0 ? Implementation.others : [.cvland]
        return others.map { other in
            Conditions(
                other: other, underlay: number & 2 == 0 ? .v4 : .v6, hasOffloads: number & 1 == 0,
                mtu: mtus[min(number, 7 - number)])
        }
    }

    /// The longest packet that goes in one datagram. IPv4's length field counts its header, IPv6's does not; UDP has 8 bytes,
    /// WireGuard 32, and up to 15 of padding.
    var longestPacket: Int { min(mtu, (underlay == .v4 ? 65_507 : 65_527) - 32 - 15) }

    var testDescription: String {
        "\(other.rawValue) over \(underlay.rawValue), offloads \(hasOffloads ? "on" : "off"), MTU \(mtu)"
    }

    /// Two machines under these conditions, the left one ours.
    func pair(_ lab: Lab) async throws -> Pair {
        let pair = try await Pair(lab, Pairing(initiator: .cvland, responder: other), over: underlay, mtu: mtu)
        if other != .cvland {
            // Others drop what is longer, and do not say so.
            try pair.right.namespace.run("ip", "link", "set", pair.right.interface, "mtu", "\(longestPacket)")
        }
        for (end, cable) in [(pair.left, pair.leftCable), (pair.right, pair.rightCable)] where !hasOffloads {
            try end.namespace.run(
                "ethtool", "-K", cable, "tso", "off", "gso", "off", "gro", "off", "tx-udp-segmentation", "off")
        }
        return pair
    }
}
