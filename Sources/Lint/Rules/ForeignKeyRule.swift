internal import Manifests

/// A key belongs to nodes of one tenant: whoever has the key is in both.
enum ForeignKeyRule {
    private struct Owner {
        let tenant: String
        let node: String
        let span: SourceSpan
    }

    /// Of tenants with the same key, the first by name is not reported. A tenant's finding does not name the other, as
    /// tenants do not see each other; the place is for whoever sees the whole repository.
    static func findings(in set: ManifestSet, at time: Timestamp) -> [Finding] {
        guard set.tenants.count > 1, mayShareKeys(set) else { return [] }
        var owners: [NodePublicKey: Owner] = [:]
        var findings: [Finding] = []
        for (name, manifests) in set.tenants.sorted(by: { $0.key < $1.key }) {
            var own: [NodePublicKey: Owner] = [:]
            for node in manifests.nodes.values {
                guard let key = node.publicKey, !node.isExpired(at: time) else { continue }
                let owner = Owner(tenant: name, node: node.name, span: node.$publicKey.span)
                if let other = owners[key] {
                    findings.append(
                        Finding(
                            .keyInOtherTenant, at: owner.span,
                            "a node of another tenant has this key: each should have a key of its own", tenant: name,
                            related: [Finding.Related(other.span, "the other node's key")]))
                } else if own[key].map({ owner.node < $0.node }) ?? true {
                    own[key] = owner
                }
            }
            owners.merge(own) { first, _ in first }
        }
        return findings
    }

    /// Nearly always no key is in two tenants, which is told at a fraction of what it costs to tell who is first.
    private static func mayShareKeys(_ set: ManifestSet) -> Bool {
        var tenants: [NodePublicKey: Int] = [:]
        tenants.reserveCapacity(set.tenants.values.reduce(0) { $0 + $1.nodes.count })
        for (number, manifests) in set.tenants.values.enumerated() {
            for node in manifests.nodes.values {
                guard let key = node.publicKey else { continue }
                if let other = tenants.updateValue(number, forKey: key), other != number { return true }
            }
        }
        return false
    }
}
