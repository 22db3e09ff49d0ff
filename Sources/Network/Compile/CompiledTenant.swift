internal import Addressing
package import FoundationEssentials
internal import Manifests
internal import WireFormat

/// One tenant, reconciled: its next state and the config of every node.
package struct CompiledTenant: Sendable {
    package let name: String
    package let state: TenantState
    /// In name order. Nodes in no network are not among them.
    package let nodes: [CompiledNode]
    /// Nodes that had a published config and have none now, in name order: deleted, expired, or in no network.
    package let removed: [String]
    package let networks: [CompiledNetwork]
    /// What is left out, while all else is carried out.
    package var refusals: [NetworkError] { networks.flatMap(\.network.refusals) }

    /// All steps at once.
    package init(_ input: TenantInput) throws(NetworkErrors) {
        let tenant = try TenantInForce(input.manifests, at: input.time, refusing: input.refusedNames)
        let plan = try CIDRPlan(tenant, previous: input.previous)
        var networks: [CompiledNetwork] = []
        var errors: [NetworkError] = []
        for cvlan in tenant.cvlans {
            do throws(NetworkErrors) {
                let network = try ResolvedNetwork(
                    cvlan, in: tenant, cidrs: plan.cidrs[cvlan.name] ?? [], previous: input.previous?.cvlans[cvlan.name]
                )
                let filter = try CompiledFilter(network, in: tenant)
                networks.append(CompiledNetwork(network, filter: filter, peers: CompiledPeers(network)))
            } catch {
                errors += error.errors
            }
        }
        try NetworkErrors.throwIfAny(errors)
        self.init(networks, in: tenant, input)
    }

    /// The last step: a config for each node, and with it the state.
    ///
    /// - Parameter networks: all of the tenant's.
    package init(_ networks: [CompiledNetwork], in tenant: TenantInForce, _ input: TenantInput) {
        name = tenant.name
        self.networks = networks.sorted { $0.network.name < $1.network.name }
        var shared: [String: [CompiledPeers.Class: WireNetworkConfig]] = [:]
        var parts: [String: [WireNetworkConfig]] = [:]
        for compiled in self.networks {
            let network = compiled.network
            for member in network.members {
                let nodeClass = CompiledPeers.class(of: member, in: network)
                let template =
                    shared[network.name]?[nodeClass] ?? compiled.template(for: nodeClass)
                shared[network.name, default: [:]][nodeClass] = template
                parts[member.name, default: []].append(compiled.config(of: member, template))
            }
        }

        let published = Self.published(input.previous)
        nodes = tenant.nodes.compactMap { node in
            guard let networks = parts[node.name] else { return nil }
            return CompiledNode(node, networks: networks, published: published[node.name], input)
        }
        removed = published.keys.filter { parts[$0] == nil }.sorted()

        let byName = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0) })
        var state = TenantState(sourceCommit: input.sourceCommit)
        for compiled in self.networks {
            let network = compiled.network
            var members: [String: NodeState] = [:]
            for member in network.members {
                members[member.name] = byName[member.name]?.state(addresses: member.addresses)
            }
            state.cvlans[network.name] = CVLANState(cidrs: network.cidrs, nodes: members)
        }
        self.state = state
    }

    /// Every segment that a config refers to, by digest.
    package var segments: [Data: ContentSegment] {
        networks.lazy.flatMap(\.segments).reduce(into: [:]) { $0[$1.digest] = $1 }
    }

    private static func published(_ previous: TenantState?) -> [String: NodeState] {
        (previous?.cvlans.values ?? [:].values).reduce(into: [:]) { result, cvlan in
            result.merge(cvlan.nodes) { first, _ in first }
        }
    }
}

extension CompiledNode {
    /// A config that is as published keeps its generation and source commit.
    fileprivate init(_ node: Node, networks: [WireNetworkConfig], published: NodeState?, _ input: TenantInput) {
        name = node.name
        self.node = node
        var config = WireNodeConfig()
        config.tenant = node.metadata.tenant
        config.node = node.name
        config.networks = networks
        config.role = WireNodeRole(node.role)
        config.publicKey = Data(node.publicKey?.bytes ?? [])
        digest = ContentDigest(of: Self.encode(config))
        if let published, published.digest == digest {
            isChanged = false
            config.generation = published.generation
            config.sourceCommit = published.sourceCommit.description
            sourceCommit = published.sourceCommit
        } else {
            isChanged = true
            config.generation = input.height
            config.sourceCommit = input.sourceCommit.description
            sourceCommit = input.sourceCommit
        }
        self.config = config
    }

    fileprivate func state(addresses: [IPAddress]) -> NodeState {
        NodeState(addresses: addresses, generation: generation, sourceCommit: sourceCommit, digest: digest)
    }
}
