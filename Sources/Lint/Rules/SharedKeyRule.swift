internal import Manifests

/// A key belongs to one node: whoever has the key is the node.
struct SharedKeyRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        var owners: [NodePublicKey: (node: String, span: SourceSpan)] = [:]
        for node in tenant.liveNodes {
            guard let key = node.publicKey else { continue }
            if let owner = owners[key] {
                report.add(
                    .sharedKey, at: node.$publicKey.span, "node `\(owner.node)` has this key already",
                    related: [Finding.Related(owner.span, "the key of `\(owner.node)`")])
            } else {
                owners[key] = (node.name, node.$publicKey.span)
            }
        }
    }
}
