package import Addressing
package import Manifests

/// What the controller has decided and published: the content of the `cvlan-state` branch at one commit.
package struct PublishedState: Hashable, Sendable {
    /// 1 for the first state commit, then the parent's plus 1. 0: nothing was ever published.
    package var height: UInt64
    /// The commit of main that was reconciled; `nil` only at height 0.
    package var sourceCommit: SourceCommit?
    /// The instant that `expires` was compared with.
    package var evaluationTime: Timestamp
    package var tenants: [String: TenantState]
    package var evidence: StateEvidence

    package init(
        height: UInt64, sourceCommit: SourceCommit?, evaluationTime: Timestamp, tenants: [String: TenantState],
        evidence: StateEvidence = StateEvidence()
    ) {
        self.height = height
        self.sourceCommit = sourceCommit
        self.evaluationTime = evaluationTime
        self.tenants = tenants
        self.evidence = evidence
    }

    /// Before the first state commit.
    package static let none = PublishedState(
        height: 0, sourceCommit: nil, evaluationTime: Timestamp(secondsSince1970: 0), tenants: [:])
}

package struct TenantState: Hashable, Sendable {
    /// The commit whose manifests of this tenant are in force: its last good one.
    package var sourceCommit: SourceCommit
    package var cvlans: [String: CVLANState]

    package init(sourceCommit: SourceCommit, cvlans: [String: CVLANState] = [:]) {
        self.sourceCommit = sourceCommit
        self.cvlans = cvlans
    }

    /// What is published for a node, the same in every network that it is in.
    package func published(_ node: String) -> NodeState? {
        for cvlan in cvlans.values {
            if let state = cvlan.nodes[node] { return state }
        }
        return nil
    }

    /// The names of all nodes that have a published config, each once.
    package var nodeNames: Set<String> {
        cvlans.values.reduce(into: []) { $0.formUnion($1.nodes.keys) }
    }
}

package struct CVLANState: Hashable, Sendable {
    /// In the order of the manifest; of an `auto` network IPv4 before IPv6.
    package var cidrs: [IPPrefix]
    package var nodes: [String: NodeState]

    package init(cidrs: [IPPrefix], nodes: [String: NodeState] = [:]) {
        self.cidrs = cidrs
        self.nodes = nodes
    }
}

/// One node in one network.
package struct NodeState: Hashable, Sendable {
    /// Sorted, so IPv4 comes first.
    package var addresses: [IPAddress]
    /// The height of the state commit that last changed the node's config.
    package var generation: UInt64
    /// The commit of main that this generation came from.
    package var sourceCommit: SourceCommit
    /// Of the node's config, with generation 0 and no source commit.
    package var digest: ContentDigest

    package init(addresses: [IPAddress], generation: UInt64, sourceCommit: SourceCommit, digest: ContentDigest) {
        self.addresses = addresses
        self.generation = generation
        self.sourceCommit = sourceCommit
        self.digest = digest
    }
}
