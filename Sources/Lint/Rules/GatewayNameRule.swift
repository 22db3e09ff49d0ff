internal import Manifests
internal import OverlayNetwork

/// A gateway is called by no name of the controller's, nor by one that gateways of another tenant have.
enum GatewayNameRule {
    /// Of tenants with the same name, the first has it, and is not reported. A tenant's finding does not name the other, as
    /// tenants do not see each other; the place is for whoever sees the whole repository.
    static func findings(in set: ManifestSet, reserved: Set<String>, at time: Timestamp) -> [Finding] {
        var owners: [String: SourceSpan] = [:]
        var findings: [Finding] = []
        for (tenant, manifests) in set.tenants.sorted(by: { $0.key < $1.key }) {
            // Few nodes have one: these alone are sorted.
            let named = manifests.nodes.values.filter { $0.gatewayName != nil && !$0.isExpired(at: time) }
                .sorted { $0.name < $1.name }
            var own: [String: SourceSpan] = [:]
            for node in named {
                guard let name = node.gatewayName else { continue }
                if reserved.contains(name.value) {
                    findings.append(
                        Finding(
                            .gatewayNameTaken, at: name.span,
                            "`\(name)` is the controller's name: a gateway that had it could pass for the controller",
                            tenant: tenant))
                } else if let owner = owners[name.value] {
                    findings.append(
                        Finding(
                            .gatewayNameTaken, at: name.span, "`\(name)` is the name of another tenant's gateway",
                            tenant: tenant, related: [Finding.Related(owner, "the other gateway's name")]))
                } else if own[name.value] == nil {
                    own[name.value] = name.span
                }
            }
            owners.merge(own) { first, _ in first }
        }
        return findings
    }
}
