internal import Manifests
internal import OverlayNetwork

/// A secret is sealed to whoever needs it, with the key that this node has now.
struct SealingRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        var needed: Set<Need> = []
        for node in tenant.liveNodes where node.isIPsecDevice {
            guard let ipsec = node.ipsec, let name = ipsec.secret, let secret = tenant.manifests.secrets[name.value]
            else { continue }
            var seen: Set<String> = []
            for (_, gateway) in tenant.gateways(of: node, ipsec) where seen.insert(gateway.name).inserted {
                needed.insert(Need(secret: secret.name, node: gateway.name))
                // A node without a key needs none of it yet.
                guard let key = gateway.publicKey else { continue }
                let command = "`cvlan seal \(secret.name) --node \(gateway.name)` does that"
                guard let value = secret.value(for: gateway.name) else {
                    report.add(
                        .secretNotSealed, at: name.span,
                        "secret `\(name)` is not sealed to gateway `\(gateway.name)`, which needs it: \(command)",
                        related: [Finding.Related(secret.metadata.$name.span, "the secret")])
                    continue
                }
                guard value.publicKey != key else { continue }
                report.add(
                    .secretNotSealed, at: name.span,
                    "secret `\(name)` is sealed to a key that gateway `\(gateway.name)` has not now: \(command)",
                    related: [Finding.Related(value.$publicKey.span, "the key that it is sealed to")])
            }
        }
        for secret in tenant.secrets {
            for value in secret.staleValues(in: tenant.manifests)
            where !needed.contains(Need(secret: secret.name, node: value.node)) {
                report.add(
                    .secretNotSealed, at: value.$publicKey.span,
                    "secret `\(secret.name)` is sealed to a key that node `\(value.node)` has not now: "
                        + "`cvlan seal \(secret.name) --node \(value.node)` does that")
            }
        }
    }

    /// A secret that a gateway reads, for a device.
    private struct Need: Hashable {
        let secret: String
        let node: String
    }
}
