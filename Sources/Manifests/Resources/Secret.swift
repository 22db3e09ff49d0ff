/// A value that only the nodes it is sealed to can read. What is in git tells nobody else what it is.
package struct Secret: Hashable, Sendable {
    package var metadata: Metadata
    /// The same value for each node that needs it; one for each node.
    package var sealed: [SealedValue]

    package init(metadata: Metadata, sealed: [SealedValue] = []) {
        self.metadata = metadata
        self.sealed = sealed
    }

    package var name: String { metadata.name }

    package func value(for node: String) -> SealedValue? { sealed.first { $0.node == node } }

    package struct SealedValue: Hashable, Sendable {
        @Located package var node: String
        /// The node's key that it was sealed to: so one can tell when that is not the node's any more.
        @Located package var publicKey: NodePublicKey
        @Located package var value: SealedText

        package init(node: Located<String>, publicKey: Located<NodePublicKey>, value: Located<SealedText>) {
            _node = node
            _publicKey = publicKey
            _value = value
        }
    }
}

extension Secret {
    /// Values that were sealed to keys which their nodes have no more: to be sealed again, by whoever knows what they are.
    package func staleValues(in tenant: TenantManifests) -> [SealedValue] {
        sealed.filter { value in
            guard let key = tenant.nodes[value.node]?.publicKey else { return false }
            return key != value.publicKey
        }
    }
}
