package import Manifests

/// What a change of a tenant's manifests destroys past a limit: the tenant, a network, or many of a network's nodes.
///
/// Names are what things are known by, so a renamed network or node is one that goes and another that comes. Both sides
/// are looked at at the same instant: a node that expires by itself is no loss, one that the change lets expire is.
package struct BlastRadius: Hashable, Sendable {
    /// Sorted; empty when the change is within the limit.
    package let losses: [PruneLoss]

    /// The annotation, with the value `"true"`: a Tenant's permits the loss of its networks and their nodes, a CVLAN's
    /// that of its nodes.
    package static let annotation = "cvlan.io/allow-prune"

    package var isWithinLimit: Bool { losses.isEmpty }

    /// What no annotation and none of these permits.
    package func refused(allowing allowances: PruneAllowances) -> [PruneLoss] {
        losses.filter { $0.annotated == nil && !allowances.permit($0) }
    }

    /// - Parameters:
    ///   - old: in force; `nil`: none, and so nothing to lose.
    ///   - new: `nil`: the tenant is deleted.
    ///   - time: what `expires` is compared with.
    package init(
        from old: TenantManifests?, to new: TenantManifests?, at time: Timestamp, limit: PruneLimit = .standard
    ) {
        guard let old else {
            losses = []
            return
        }
        var tally = Tally(new, time)
        for (name, cvlan) in old.cvlans { tally.networks[name] = Tally.Network(span: cvlan.metadata.$name.span) }
        for node in old.nodes.values where !node.isExpired(at: time) {
            for membership in node.networks { tally.count(node.name, in: membership.cvlan) }
        }
        let nodes = old.nodes.values.count { !$0.isExpired(at: time) }
        losses = tally.losses(old.name, at: old.tenant.metadata.$name.span, nodes: nodes, limit)
    }

    /// The same where only what was published is known, as the commit with the manifests in force is gone.
    package init(
        from old: TenantState, of tenant: String, to new: TenantManifests?, at time: Timestamp,
        limit: PruneLimit = .standard
    ) {
        var tally = Tally(new, time)
        for (name, cvlan) in old.cvlans {
            tally.networks[name] = Tally.Network(span: .none)
            for node in cvlan.nodes.keys { tally.count(node, in: name) }
        }
        losses = tally.losses(tenant, at: .none, nodes: old.nodeNames.count, limit)
    }
}

/// Counts what stays and what goes.
private struct Tally {
    struct Network {
        let span: SourceSpan
        var total = 0
        var gone: [String] = []
    }

    let new: TenantManifests?
    let time: Timestamp
    var networks: [String: Network] = [:]

    init(_ new: TenantManifests?, _ time: Timestamp) {
        self.new = new
        self.time = time
    }

    /// A node that was in a network.
    mutating func count(_ node: String, in network: String) {
        guard let index = networks.index(forKey: network) else { return }
        networks.values[index].total += 1
        if let kept = new?.nodes[node], !kept.isExpired(at: time), kept.membership(in: network) != nil { return }
        networks.values[index].gone.append(node)
    }

    func losses(_ tenant: String, at span: SourceSpan, nodes: Int, _ limit: PruneLimit) -> [PruneLoss] {
        guard let new else {
            let subject = PruneLoss.Subject.tenant(networks: networks.count, nodes: nodes)
            return [PruneLoss(subject: subject, tenant: tenant, network: nil, span: span, annotated: nil)]
        }
        let byTenant = new.tenant.metadata.allowsPruning ? ResourceID(kind: .tenant, tenant: tenant, name: tenant) : nil
        var losses: [PruneLoss] = []
        for (name, network) in networks {
            let subject: PruneLoss.Subject
            var byNetwork: ResourceID?
            if let kept = new.cvlans[name] {
                guard limit.isPassed(by: network.gone.count, of: network.total) else { continue }
                subject = .nodes(
                    gone: network.gone.count, of: network.total,
                    examples: Array(network.gone.sorted().prefix(PruneLoss.mostExamples)))
                if kept.metadata.allowsPruning { byNetwork = ResourceID(kind: .cvlan, tenant: tenant, name: name) }
            } else {
                subject = .network(nodes: network.total)
            }
            losses.append(
                PruneLoss(
                    subject: subject, tenant: tenant, network: name, span: network.span,
                    annotated: byNetwork ?? byTenant))
        }
        return losses.sorted()
    }
}

extension Metadata {
    fileprivate var allowsPruning: Bool { annotations[BlastRadius.annotation] == "true" }
}
