package import TestLab

/// Which protocol carries the tunnel.
package enum Underlay: String, Sendable, CaseIterable {
    case v4, v6

    package var left: String { self == .v4 ? "192.0.2.1" : "2001:db8::1" }
    package var right: String { self == .v4 ? "192.0.2.2" : "2001:db8::2" }
    /// A second address of the right one, and one that the left one moves to.
    package var rightOther: String { self == .v4 ? "192.0.2.22" : "2001:db8::22" }
    package var leftOther: String { self == .v4 ? "192.0.2.11" : "2001:db8::11" }
    package var prefixLength: Int { self == .v4 ? 24 : 64 }

    package func endpoint(_ address: String, _ port: Int = 51820) -> String {
        self == .v4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }

    package func withLength(_ address: String) -> String { "\(address)/\(prefixLength)" }
}

/// Two machines on one cable, each with a WireGuard interface; the left one knows where the right one is, and opens.
/// Inside, the left is 10.0.0.1 and fd00::1, the right 10.0.0.2 and fd00::2.
package struct Pair {
    package let left: Tunnel
    package let right: Tunnel
    package let underlay: Underlay
    /// Names of the cable's ends.
    package let leftCable: String
    package let rightCable: String
    private let rightAsPeer: PeerSection

    package static let leftInside = ["10.0.0.1", "fd00::1"]
    package static let rightInside = ["10.0.0.2", "fd00::2"]

    package init(
        _ lab: Lab, _ pairing: Pairing, over underlay: Underlay = .v4, mtu: Int? = nil, presharedKey: String? = nil,
        keepalive: Int? = nil, rightAddresses: [String]? = nil, endpoint: String? = nil,
        environment: (left: [String: String], right: [String: String]) = ([:], [:])
    ) async throws {
        self.underlay = underlay
        let leftSpace = try lab.namespace("left")
        let rightSpace = try lab.namespace("right")
        (leftCable, rightCable) = try lab.connect(
            leftSpace, [underlay.withLength(underlay.left)], rightSpace,
            (rightAddresses ?? [underlay.right]).map(underlay.withLength))
        left = try await Tunnel(pairing.initiator, in: leftSpace, "l", lab, environment: environment.left)
        right = try await Tunnel(pairing.responder, in: rightSpace, "r", lab, environment: environment.right)
        rightAsPeer = PeerSection(
            right, ["10.0.0.2/32", "fd00::2/128"], endpoint: underlay.endpoint(endpoint ?? underlay.right),
            presharedKey: presharedKey, keepalive: keepalive)
        try configureLeft()
        try right.configure(
            port: 51820, [PeerSection(left, ["10.0.0.1/32", "fd00::1/128"], presharedKey: presharedKey)])
        try left.bringUp(["10.0.0.1/24", "fd00::1/64"], mtu: mtu)
        try right.bringUp(["10.0.0.2/24", "fd00::2/64"], mtu: mtu)
    }

    package func configureLeft() throws {
        try left.configure(port: 51820, [rightAsPeer])
    }

    /// Waits until IPv4 and IPv6 pass from left to right, then looks that they pass the other way.
    package func expectTraffic(payload: Int = 56) async throws {
        for address in Self.rightInside {
            try await eventually("left reaches \(address)") {
                try left.namespace.reaches(address, payload: payload)
            }
        }
        for address in Self.leftInside {
            try await eventually("right reaches \(address)") {
                try right.namespace.reaches(address, payload: payload)
            }
        }
    }
}
