import TestLab
import TestTunnels

/// A pair of interfaces with a peer by IPsec each: ESP with AES-256-GCM.
struct IPsecCountedPair: CountedEnds {
    let counts: [AllocationCounts]
    private let ends: [CVLandIPsec]

    var left: Namespace { ends[0].namespace }
    var right: Namespace { ends[1].namespace }

    init(_ lab: Lab, over underlay: Underlay = .v4) async throws {
        let spaces = try [lab.namespace("left"), lab.namespace("right")]
        try lab.connect(
            spaces[0], [underlay.withLength(underlay.left)], spaces[1], [underlay.withLength(underlay.right)])
        counts = try ["left", "right"].map { try AllocationCounts($0, lab) }
        var settings = try IPsecAuthentication.secret.parties(lab, left: underlay.left, right: underlay.right)
        let (own, other) = (["10.0.0.1/32", "fd00::1/128"], ["10.0.0.2/32", "fd00::2/128"])
        (settings.left.local.prefixes, settings.left.remote.prefixes) = (own, other)
        (settings.right.local.prefixes, settings.right.remote.prefixes) = (other, own)
        ends = [
            try await CVLandIPsec(
                in: spaces[0], "left", lab, inside: own, environment: counts[0].environment),
            try await CVLandIPsec(
                in: spaces[1], "right", lab, inside: other, environment: counts[1].environment),
        ]
        try await ends[1].configure([IPsecPair.name: settings.right])
        try await ends[0].configure([IPsecPair.name: settings.left])
        for address in ["10.0.0.2", "fd00::2"] {
            try await eventually("left reaches \(address)") { try left.reaches(address) }
        }
    }

    /// What the packets are encrypted with, as the left one says.
    func suite() async throws -> String? { try await ends[0].established()?.children.first?.suite }
}
