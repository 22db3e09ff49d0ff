internal import Addressing
internal import Manifests

/// What selectors say of one endpoint, with each circumstance taken from one state or the other: so one sees which of
/// them makes the difference.
struct SelectorWalk {
    /// Deeper than the resolver goes.
    private static let deepest = 40

    /// Where groups are looked up; `nil`: in no tenant.
    let groups: TenantInForce?
    /// Whose labels and name count; `nil` for what is behind a route.
    let node: Node?
    /// As far as `cidr` is concerned; a routed endpoint is cut so that its first address speaks for all.
    let address: IPAddress

    func selects(_ selectors: [Selector]) -> Bool { selectors.contains { selects($0, depth: 0) } }

    private func selects(_ selector: Selector, depth: Int) -> Bool {
        guard depth < Self.deepest else { return false }
        let isSelected =
            switch selector.term {
            case .any: true
            case .node(let name): node?.name == name
            case .labels(let labels):
                node.map { node in labels.allSatisfy { node.metadata.labels[$0.key] == $0.value } } ?? false
            case .cidr(let prefix): prefix.contains(address)
            case .group(let name):
                groups?.group(name)?.members.contains { selects($0, depth: depth + 1) } ?? false
            }
        return isSelected && !selector.except.contains { selects($0, depth: depth + 1) }
    }

    /// The groups that selectors name, directly or by other groups, in any of the tenants.
    static func groups(in selectors: [Selector], _ tenants: [TenantInForce]) -> Set<String> {
        var found: Set<String> = []
        var open = selectors
        while let selector = open.popLast() {
            open += selector.except
            guard case .group(let name) = selector.term, found.insert(name).inserted else { continue }
            for tenant in tenants { open += tenant.group(name)?.members ?? [] }
        }
        return found
    }
}
