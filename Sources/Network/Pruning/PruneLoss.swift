package import Manifests

/// Something that a change destroys, past the limit.
package struct PruneLoss: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        /// The tenant, with all that it has.
        case tenant(networks: Int, nodes: Int)
        /// The network, with its nodes; they may be in others.
        case network(nodes: Int)
        /// Nodes of a network that stays. `examples` are the first of their names.
        case nodes(gone: Int, of: Int, examples: [String])
    }

    package let subject: Subject
    package let tenant: String
    /// `nil` when the tenant is lost.
    package let network: String?
    /// Where it was declared: the name in the Tenant's or the CVLAN's manifest before the change. `.none` when those
    /// manifests are not known any more.
    package let span: SourceSpan
    /// The manifest whose annotation in the new manifests permits it, if one does.
    package let annotated: ResourceID?

    /// Names that are told of many.
    static let mostExamples = 5

    /// What a trailer has to say to permit this and as little else as can be.
    package var allowance: PruneAllowance {
        network.map { .network(tenant: tenant, cvlan: $0) } ?? .tenant(tenant)
    }
}

extension PruneLoss: CustomStringConvertible {
    /// What would happen, for people: "network office of tenant acme is deleted, with 12 nodes".
    package var description: String {
        switch subject {
        case .tenant(let networks, let nodes):
            "tenant \(tenant) is deleted, with \(Self.count(networks, "network")) and \(Self.count(nodes, "node"))"
        case .network(let nodes):
            "network \(network ?? "") of tenant \(tenant) is deleted, with \(Self.count(nodes, "node"))"
        case .nodes(let gone, let total, let examples):
            "\(gone) of the \(Self.count(total, "node")) of network \(allowance) go (\(gone * 100 / total) %): "
                + examples.joined(separator: ", ") + (gone > examples.count ? ", …" : "")
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

extension PruneLoss: Comparable {
    /// The tenant itself first, then by network.
    package static func < (a: PruneLoss, b: PruneLoss) -> Bool {
        (a.tenant, a.network ?? "") < (b.tenant, b.network ?? "")
    }
}
