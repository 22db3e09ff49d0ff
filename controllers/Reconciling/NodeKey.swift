/// Names a node among all tenants.
package struct NodeKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let tenant: String
    package let node: String

    package init(tenant: String, node: String) {
        self.tenant = tenant
        self.node = node
    }

    package static func < (a: NodeKey, b: NodeKey) -> Bool { (a.tenant, a.node) < (b.tenant, b.node) }

    package var description: String { "\(tenant)/\(node)" }
}
