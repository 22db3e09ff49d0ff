package import GitRepository
package import OverlayNetwork
package import Reconciling

/// A state commit beside what its inputs give when they are computed again.
package struct StateReplay: Sendable {
    package let commit: Commit
    package let source: Commit
    package let previous: PublishedState
    /// As the commit has it. Its bytes are the canonical ones: what was read in another form is refused.
    package let recorded: PublishedState
    package let output: Reconciler.Output
    /// `nil`: the commit does not say them, and the usual ones were taken.
    package let settings: StateSettings?
    package let differences: [StateDifference]

    init(
        commit: Commit, source: Commit, _ sourceText: SourceCommit, previous: PublishedState,
        recorded: PublishedState, output: Reconciler.Output, settings: StateSettings?
    ) {
        self.commit = commit
        self.source = source
        self.previous = previous
        self.recorded = recorded
        self.output = output
        self.settings = settings
        differences = StateDifference.all(
            recorded: recorded,
            computed: PublishedState(
                height: previous.height + 1, sourceCommit: recorded.sourceCommit,
                evaluationTime: output.evaluationTime, tenants: output.change.next.tenants),
            from: sourceText)
    }

    package var isIdentical: Bool { differences.isEmpty }

    /// How many nodes there are, each counted once.
    package var nodeCount: Int { recorded.tenants.values.reduce(0) { $0 + $1.nodeNames.count } }
    package var networkCount: Int { recorded.tenants.values.reduce(0) { $0 + $1.cvlans.count } }

    /// What a node got; `nil` where nothing is published for it.
    package func config(of node: NodeKey) -> ReplayedConfig? {
        guard let tenant = output.tenants[node.tenant],
            let compiled = tenant.nodes.first(where: { $0.name == node.node })
        else { return nil }
        return ReplayedConfig(compiled, in: tenant)
    }
}
