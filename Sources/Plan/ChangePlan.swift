package import Lint
package import Manifests
package import OverlayNetwork

/// What going from one state of the repository to another does: resources, addresses, configurations, reachability.
/// A value; text is made of it by the types in `Rendering`.
package struct ChangePlan: Sendable {
    package let base: PlanSide
    package let head: PlanSide
    package let published: PublishedBasis
    /// What `expires` was compared with, on both sides.
    package let time: Timestamp
    /// Findings of the head that no tenant can be blamed for: they hold back all tenants.
    package let findings: [Finding]
    /// Those that differ or are held back, in name order.
    package let tenants: [TenantPlan]

    /// Whether the controller would put the head in force only in part, or not at all, as it does not hold.
    package var isHeldBack: Bool { !findings.isEmpty || tenants.contains { !$0.findings.isEmpty } }

    package var hasChanges: Bool { tenants.contains(where: \.hasChanges) }

    /// Over all tenants.
    package var totals: NodeTotals {
        tenants.map(\.nodes).reduce(.none) { a, b in
            NodeTotals(
                reconfigured: a.reconfigured + b.reconfigured, new: a.new + b.new, removed: a.removed + b.removed)
        }
    }

    /// Sets of flows that open, and that close.
    package var flows: (opened: Int, closed: Int) {
        tenants.flatMap(\.networks).reduce((0, 0)) { ($0.0 + $1.reach.opened.count, $0.1 + $1.reach.closed.count) }
    }

    package var exit: Exit { isHeldBack ? .failure : hasChanges ? .changes : .noChange }

    /// The raw value is the exit status.
    package enum Exit: Int32, Sendable {
        case noChange = 0
        case failure = 1
        case changes = 2
    }
}

/// One side of a plan.
package struct PlanSide: Hashable, Sendable {
    /// As it was asked for: `main`, `HEAD~2`; of the working tree the folder.
    package let name: String
    /// 40 hexadecimal digits; `nil`: the working tree, or nothing at all.
    package let commit: String?
    package let isWorkingTree: Bool
}

/// What a change does to one tenant.
package struct TenantPlan: Sendable {
    package let name: String
    /// What the manifests in force before were read from, when that is not the base: the tenant's last good commit, as
    /// the base is held back.
    package let inForceBefore: String?
    /// Why the head's manifests cannot be put in force: then nothing below `resources` changes.
    package let findings: [Finding]
    package let resources: [ResourceChange]
    /// With something to tell, in name order.
    package let networks: [NetworkPlan]
    package let nodes: NodeTotals
    package let destruction: [Destruction]
    package let prune: PruneVerdict
    /// Whether nodes of networks that cannot be concerned were left unread: findings of theirs are not told.
    package let isPartlyRead: Bool

    package var hasChanges: Bool { !resources.isEmpty || networks.contains(where: \.hasChanges) }
}

/// What a change does to one network.
package struct NetworkPlan: Sendable {
    package let name: String
    /// `nil`: there was none, or is none any more.
    package let old: Shape?
    package let new: Shape?
    /// Nodes whose addresses differ, in name order.
    package let addresses: [AddressChange]
    package let configs: NetworkConfigDifference
    /// Which flows open and which close, exactly.
    package let reach: ReachabilityDelta

    package struct Shape: Hashable, Sendable {
        package let prefixes: [String]
        package let members: Int
    }

    package var hasChanges: Bool {
        old != new || !reach.isEmpty || !addresses.isEmpty || !configs.changed.isEmpty || !configs.joined.isEmpty
            || !configs.left.isEmpty
    }
}

/// The addresses that a node is given or loses in a network. One without any before, or after, is not in it then.
package struct AddressChange: Hashable, Sendable {
    package let node: String
    package let old: [String]
    package let new: [String]
    /// Whether the controller chose the new ones, or the manifest does.
    package let isAllocated: Bool
}

/// How many nodes a change reaches, each counted once.
package struct NodeTotals: Hashable, Sendable {
    /// That get a configuration which differs from the one before, those with their first included.
    package let reconfigured: Int
    /// Of those, the ones that had none.
    package let new: Int
    /// That have none any more.
    package let removed: Int

    package init(reconfigured: Int, new: Int, removed: Int) {
        self.reconfigured = reconfigured
        self.new = new
        self.removed = removed
    }

    package static let none = NodeTotals(reconfigured: 0, new: 0, removed: 0)
}

/// Something that cannot be undone by going back: whoever was there is cut off at least for a while.
package enum Destruction: Hashable, Sendable {
    case tenantDeleted(networks: Int, nodes: Int)
    case networkDeleted(String, nodes: Int)
    /// The node's manifest is gone, or it expired.
    case nodeRemoved(String)
    case nodeLeaves(String, network: String)
    case networkRenumbered(String, old: [String], new: [String])
    case nodesReaddressed(network: String, nodes: [String])
    case keyReplaced(node: String)
}

/// What the controller makes of the losses of a change past the limit.
package struct PruneVerdict: Hashable, Sendable {
    /// All that is past the limit.
    package let losses: [PruneLoss]
    /// Of them, those that nothing allows: the controller keeps the tenant as it is until a commit does.
    package let refused: [PruneLoss]
    /// Trailers in the range that were meant to allow something, perhaps, and say nothing.
    package let notUnderstood: [String]

    package static let none = PruneVerdict(losses: [], refused: [], notUnderstood: [])

    /// The trailers that would allow what is refused.
    package var missingTrailers: [String] {
        var seen: Set<String> = []
        return refused.map { "\(PruneAllowance.trailer): \($0.allowance)" }.filter { seen.insert($0).inserted }
    }
}
