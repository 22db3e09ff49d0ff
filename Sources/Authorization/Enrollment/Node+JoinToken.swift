package import Manifests
package import Trust

extension Node {
    /// What a machine that joins with a token becomes.
    ///
    /// - Parameter declared: the node as it waits for its key; `nil`: there is none yet. What is declared of it stays.
    package init(
        _ token: JoinToken, name: String, publicKey: NodePublicKey, endpoints: [Located<NodeEndpoint>],
        completing declared: Node?
    ) {
        if let declared {
            self = declared
            if declared.endpoints.isEmpty { self.endpoints = endpoints }
        } else {
            self.init(metadata: Metadata(tenant: token.tenant, name: name, labels: token.labels))
            role = NodeRole(token.role)
            networks = token.cvlans.map { Node.Membership(cvlan: Located($0)) }
            self.endpoints = endpoints
        }
        self.publicKey = publicKey
    }

    /// Whether a token may give the node, as it is declared, its key. One for any name must not take over a node that may
    /// have routes and a role of its own.
    package func mayTakeKey(from token: JoinToken) -> Bool {
        publicKey == nil && role != .external && token.node == name
    }
}

extension NodeRole {
    fileprivate init(_ role: JoinToken.Role) {
        self =
            switch role {
            case .client: .client
            case .gateway: .gateway
            case .relay: .relay
            }
    }
}
