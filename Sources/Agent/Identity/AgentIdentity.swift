internal import Trust

/// Who this node is and whom it belongs to: `node.json` of the state folder, written once at enrolment.
package struct AgentIdentity: Codable, Equatable, Sendable {
    package var tenant: String
    package var node: String
    /// `https://HOST:PORT`.
    package var controller: String
    /// `sha256:HEX` of the root document that the operator vouched for.
    package var root: String

    init(tenant: String, node: String, controller: String, root: RootPin) {
        self.tenant = tenant
        self.node = node
        self.controller = controller
        self.root = root.description
    }
}
