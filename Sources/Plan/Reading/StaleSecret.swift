package import Manifests

/// A Secret that is sealed to keys which its nodes have no more.
package struct StaleSecret: Hashable, Sendable, CustomStringConvertible {
    package let tenant: String
    package let name: String
    /// Nodes with another key than it is sealed to, sorted.
    package let nodes: [String]
    /// All nodes that it is to be sealed to, as it is sealed to all at once.
    package let recipients: [String]

    /// `acme/branch: gw-1 has another key now: cvlan seal branch --tenant acme --node gw-1 --node gw-2`
    package var description: String {
        let have = nodes.count == 1 ? "has another key now" : "have other keys now"
        let options = recipients.map { " --node \($0)" }.joined()
        return "\(tenant)/\(name): \(nodes.joined(separator: ", ")) \(have): "
            + "cvlan seal \(name) --tenant \(tenant)\(options)"
    }
}

extension TenantLookup {
    /// By tenant and name, of one tenant or of all.
    package func stale(of name: String?) throws -> [StaleSecret] {
        let tenants = try name.map { [try tenant($0, having: "it") { _ in true }] } ?? Array(manifests.tenants.values)
        return tenants.sorted { $0.name < $1.name }.flatMap(\.staleSecrets)
    }
}

extension TenantManifests {
    package var staleSecrets: [StaleSecret] {
        secrets.values.sorted { $0.name < $1.name }.compactMap { secret in
            let stale = secret.staleValues(in: self).map(\.node)
            guard !stale.isEmpty else { return nil }
            // Those that are gone need it no more.
            let recipients = secret.sealed.map(\.node).filter { nodes[$0]?.publicKey != nil }
            return StaleSecret(tenant: self.name, name: secret.name, nodes: stale.sorted(), recipients: recipients)
        }
    }
}
