package import GitRepository
package import Manifests
package import NIOCore
package import OverlayNetwork
package import Reconciling
internal import WireFormat

package import struct Foundation.Data

/// What is in force: an immutable snapshot that everything outside the reconcile loop reads.
package struct Publication: Sendable {
    /// Height of the state commit; 0 before the first.
    package let height: UInt64
    package let sourceCommit: ObjectID
    package let stateCommit: ObjectID?
    /// Every node that may connect, those that are in no network yet too.
    package let nodes: [NodeKey: PublishedNode]
    /// By digest.
    package let segments: [Data: PublishedSegment]
    /// By tenant and CVLAN: who is in it, for hints.
    package let networks: [NetworkKey: PublishedNetwork]
    package let tenants: [String: PublishedTenant]
    /// Tenants that are in the state, though their manifests can neither be read nor carried out: what was published of
    /// them stays, and that a node of theirs is not here does not say that it was removed.
    package let unreadable: Set<String>

    package init(
        height: UInt64, sourceCommit: ObjectID, stateCommit: ObjectID?, nodes: [NodeKey: PublishedNode],
        segments: [Data: PublishedSegment], networks: [NetworkKey: PublishedNetwork],
        tenants: [String: PublishedTenant], unreadable: Set<String> = []
    ) {
        self.height = height
        self.sourceCommit = sourceCommit
        self.stateCommit = stateCommit
        self.nodes = nodes
        self.segments = segments
        self.networks = networks
        self.tenants = tenants
        self.unreadable = unreadable
    }

    /// Whether the node was removed.
    package func lacks(_ node: NodeKey) -> Bool {
        nodes[node] == nil && !unreadable.contains(node.tenant)
    }
}

/// One tenant, as enrolment needs it.
package struct PublishedTenant: Sendable {
    /// The manifests in force.
    package let manifests: TenantManifests
    package let state: TenantState
    /// Whether main says something else that cannot be put in force.
    package let isHeldBack: Bool

    package init(manifests: TenantManifests, state: TenantState, isHeldBack: Bool) {
        self.manifests = manifests
        self.state = state
        self.isHeldBack = isHeldBack
    }
}

/// One node's configuration as it is published.
package struct PublishedNode: Sendable, Equatable {
    package let generation: UInt64
    /// Encoded `NodeConfig`: the bytes that are signed.
    package let payload: Data
    /// Digests of the segments that the config names, in order, each once.
    package let segments: [Data]
    /// X25519, 32 bytes; empty for a node that has not enrolled.
    package let publicKey: Data
    package let role: NodeRole
    /// CVLAN names, sorted.
    package let networks: [String]
    /// What its certificate has besides the SPIFFE id.
    package let certificateNames: [String]

    package init(
        generation: UInt64, payload: Data, segments: [Data], publicKey: Data, role: NodeRole, networks: [String],
        certificateNames: [String] = []
    ) {
        self.generation = generation
        self.payload = payload
        self.segments = segments
        self.publicKey = publicKey
        self.role = role
        self.networks = networks
        self.certificateNames = certificateNames
    }
}

/// A segment, encoded once for all agents that get it.
package struct PublishedSegment: Sendable, Equatable {
    /// The encoded `Segment` that the digest is of.
    package let bytes: Data
    /// An `Update` that holds this segment and nothing else. Encodings of protobuf messages may be put one after
    /// another to merge them, so an update is its config's encoding and those of its segments.
    package let asUpdate: ByteBuffer

    package init(bytes: Data) throws {
        self.bytes = bytes
        asUpdate = ByteBuffer(bytes: try WireUpdate.with { $0.segments = [bytes] }.serializedBytes() as [UInt8])
    }
}

package struct NetworkKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let tenant: String
    package let cvlan: String

    package init(tenant: String, cvlan: String) {
        self.tenant = tenant
        self.cvlan = cvlan
    }

    package static func < (a: NetworkKey, b: NetworkKey) -> Bool { (a.tenant, a.cvlan) < (b.tenant, b.cvlan) }

    package var description: String { "\(tenant)/\(cvlan)" }
}
