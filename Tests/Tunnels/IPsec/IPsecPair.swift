package import TestLab

/// Who begins, and who answers.
package struct IPsecPairing: Sendable, Hashable, CustomStringConvertible {
    package let left: IPsecImplementation
    package let right: IPsecImplementation

    package init(_ left: IPsecImplementation, _ right: IPsecImplementation) {
        self.left = left
        self.right = right
    }

    package static let withStrongSwan = [IPsecPairing(.strongSwan, .cvland), IPsecPairing(.cvland, .strongSwan)]
    package static let all = withStrongSwan + [IPsecPairing(.cvland, .cvland)]

    package var description: String { "\(left.rawValue) to \(right.rawValue)" }
}

/// Two machines with an IPsec link between them that the left one makes. Inside, the left one is 10.1.0.1 and fd01::1, the
/// right one 10.2.0.1 and fd02::1.
package final class IPsecPair: Sendable {
    package static let name = "link"
    package static let leftInside = ["10.1.0.1", "fd01::1"]
    package static let rightInside = ["10.2.0.1", "fd02::1"]

    package let left: any IPsecEnd
    package let right: any IPsecEnd

    /// Starts both in namespaces that reach each other. Neither knows of the other yet.
    /// - Parameter options: lines of strongswan.conf.
    package init(
        _ lab: Lab, _ pairing: IPsecPairing, in spaces: (left: Namespace, right: Namespace), options: [String] = []
    ) async throws {
        func addresses(_ inside: [String]) -> [String] { inside.map { $0 + ($0.contains(":") ? "/128" : "/32") } }
        left = try await pairing.left.start(
            in: spaces.left, "left", lab, inside: addresses(Self.leftInside), options: options)
        right = try await pairing.right.start(
            in: spaces.right, "right", lab, inside: addresses(Self.rightInside), options: options)
    }

    /// Two machines on one cable. Both are told of the link, and it is up.
    package convenience init(
        _ lab: Lab, _ pairing: IPsecPairing, over underlay: Underlay = .v4, mtu: Int = 1500,
        by authentication: IPsecAuthentication = .secret, options: [String] = [],
        _ change: (inout IPsecPairSettings) throws -> Void = { _ in }
    ) async throws {
        let spaces = (left: try lab.namespace("left"), right: try lab.namespace("right"))
        try lab.connect(
            spaces.left, [underlay.withLength(underlay.left)], spaces.right, [underlay.withLength(underlay.right)],
            mtu: mtu)
        try await self.init(lab, pairing, in: spaces, options: options)
        var settings = try authentication.parties(lab, left: underlay.left, right: underlay.right)
        try change(&settings)
        try await configure(settings)
    }

    package func configure(_ settings: IPsecPairSettings) async throws {
        try await right.configure([Self.name: settings.right])
        try await left.configure([Self.name: settings.left])
    }

    /// Waits until IPv4 and IPv6 pass from left to right, then looks that they pass the other way.
    package func expectTraffic(payload: Int = 56) async throws {
        for (from, to, addresses) in [(left, "right", Self.rightInside), (right, "left", Self.leftInside)] {
            for address in addresses {
                try await eventually("\(address) of \(to) is reached") {
                    try from.namespace.reaches(address, payload: payload)
                }
            }
        }
    }

    /// Waits until both ends have one IKE SA and one CHILD SA, and the same ones.
    package func expectOneAssociation() async throws {
        try await eventually("one IKE SA, and one CHILD SA in it") {
            guard let ours = try await left.established(), let theirs = try await right.established() else {
                return false
            }
            return ours.initiatorSPI == theirs.initiatorSPI && ours.children.count == 1 && theirs.children.count == 1
        }
    }
}
