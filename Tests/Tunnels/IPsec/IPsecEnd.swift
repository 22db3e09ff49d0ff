package import TestLab

/// What implements an end of an IPsec link.
package enum IPsecImplementation: String, Sendable {
    case cvland, strongSwan

    /// Starts it, without any connection, on a machine that has these addresses inside.
    package func start(
        in namespace: Namespace, _ label: String, _ lab: Lab, inside: [String], options: [String] = []
    ) async throws -> any IPsecEnd {
        switch self {
        case .strongSwan:
            // It takes packets from addresses that the kernel has already.
            try namespace.configure("lo", inside)
            return try await Charon(in: namespace, label, lab, options: options)
        case .cvland:
            return try await CVLandIPsec(in: namespace, label, lab, inside: inside)
        }
    }
}

/// An end of IPsec links.
package protocol IPsecEnd: Sendable {
    var namespace: Namespace { get }
    /// All that it has logged.
    var log: String { get }

    /// Replaces all connections, by name. Those that are as they were keep their SAs.
    func configure(_ connections: [String: IPsecSettings]) async throws
    /// All IKE SAs, those that are not established among them.
    func associations() async throws -> [IPsecAssociation]
    /// Ends without a word to anyone.
    func kill() async throws
    /// After `kill`. It has forgotten its connections.
    func start() async throws
}

extension IPsecEnd {
    /// The one established SA with a CHILD SA; `nil` while there is none, or more than one.
    package func established() async throws -> IPsecAssociation? {
        let found = try await associations().filter { $0.isEstablished && !$0.children.isEmpty }
        return found.count == 1 ? found.first : nil
    }
}
