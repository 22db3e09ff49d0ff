internal import Addressing
package import GitRepository
package import Manifests
package import OverlayNetwork

/// Answers questions about flows from the manifests of a commit or of the working tree, with the addresses that are
/// published, or would be; or from those that were in force together.
package struct FlowLookup: Sendable {
    private let tenants: [String: TenantManifests]
    private let time: Timestamp
    private let image: @Sendable (TenantManifests, AffectedNetworks) throws -> TenantImage

    /// What is known of a flow.
    package struct Answer: Sendable {
        package let tenant: String
        package let explanation: FlowExplanation
    }

    /// - Parameter commit: a revision; `nil`: the working tree, or what HEAD has where there is none.
    package init(
        _ repository: Repository, commit: String?, stateBranch: String, at time: Timestamp
    ) async throws {
        let lookup = try await TenantLookup(repository, commit: commit, stateBranch: stateBranch, at: time)
        tenants = lookup.manifests.tenants
        self.time = time
        image = { try lookup.image(of: $0, $1) }
    }

    /// - Parameters:
    ///   - tenants: the manifests in force.
    ///   - published: the addresses that their nodes have.
    package init(_ tenants: [String: TenantManifests], published: [String: TenantState], at time: Timestamp) {
        self.tenants = tenants
        self.time = time
        image = { manifests, networks in
            try TenantImage(
                manifests, previous: published[manifests.name], at: time, networks, plansAll: false)
        }
    }

    /// - Parameters:
    ///   - source: a node, `TENANT/NODE` or an address.
    ///   - destination: the same, with `:PORT/PROTO` behind it, if that is what is asked.
    ///   - tenant: where the names alone do not say.
    package func answer(from source: String, to destination: String, tenant: String?) throws -> Answer {
        let (ofSource, source) = Self.split(source)
        let (ofDestination, destination) = Self.split(destination)
        let named = Set([ofSource, ofDestination, tenant].compactMap { $0 })
        guard named.count <= 1 else {
            throw PlanError("nothing goes from one tenant to another: \(named.sorted().joined(separator: ", "))")
        }
        guard Self.isEnd(source) else {
            throw PlanError("'\(source)' is neither the name of a node nor an address")
        }
        guard let query = FlowQuery(from: source, to: destination) else {
            throw PlanError(
                "'\(destination)' is no destination: write NODE:443/tcp, 10.0.0.7:53/udp, NODE:icmp or [fd00::7]:22/tcp"
            )
        }
        if case .node(let name) = query.destination, !Self.isEnd(name) {
            throw PlanError("'\(name)' is neither the name of a node nor an address")
        }
        let manifests = try self.tenant(named.first, for: query)
        let inForce = try TenantInForce(manifests, at: time)
        try check(query, inForce)
        let networks = AffectedNetworks.some(Set(FlowExplanation.networks(for: query, in: inForce)))
        let image = try image(manifests, networks)
        return Answer(
            tenant: manifests.name,
            explanation: FlowExplanation(query, in: image.tenant, image.networks.keys.compactMap(image.reach)))
    }

    private static func isEnd(_ text: String) -> Bool { DomainName.isLabel(text) || IPAddress(text) != nil }

    /// `TENANT/NODE`; in `db:443/tcp` the slash belongs to the service.
    private static func split(_ text: String) -> (tenant: String?, end: String) {
        guard let slash = text.firstIndex(of: "/"), DomainName.isLabel(text[..<slash]) else { return (nil, text) }
        return (String(text[..<slash]), String(text[text.index(after: slash)...]))
    }

    private func tenant(_ name: String?, for query: FlowQuery) throws -> TenantManifests {
        if let name {
            guard let tenant = tenants[name] else {
                throw PlanError(
                    "there is no tenant \(name)" + TenantLookup.hint(name, among: tenants.keys.sorted()))
            }
            return tenant
        }
        let nodes = [query.source, query.destination].compactMap { end in
            if case .node(let name) = end { name } else { nil }
        }
        let candidates = tenants.values.filter { tenant in nodes.allSatisfy { tenant.nodes[$0] != nil } }
        if candidates.count == 1, let tenant = candidates.first { return tenant }
        if tenants.count == 1, let tenant = tenants.values.first { return tenant }
        let names = (candidates.isEmpty ? Array(tenants.values) : candidates).map(\.name).sorted()
        guard !names.isEmpty else { throw PlanError("there are no tenants") }
        if candidates.isEmpty {
            let known = Set(tenants.values.flatMap { $0.nodes.keys }).sorted()
            let unknown = nodes.filter { !known.contains($0) }
            guard let name = unknown.first else {
                throw PlanError("no tenant has both \(nodes.joined(separator: " and "))")
            }
            throw PlanError("no tenant has a node \(name)" + TenantLookup.hint(name, among: known))
        }
        throw PlanError("several tenants could be meant, say which with --tenant: " + PlanWords.list(names, atMost: 10))
    }

    private func check(_ query: FlowQuery, _ tenant: TenantInForce) throws {
        for case .node(let name) in [query.source, query.destination]
        where tenant.node(name) == nil && tenant.expiredNodes[name] == nil {
            throw PlanError(
                "tenant \(tenant.name) has no node \(name)" + TenantLookup.hint(name, among: tenant.nodes.map(\.name)))
        }
    }
}
