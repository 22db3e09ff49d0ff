/// Who a certificate speaks for: `spiffe://DOMAIN/tenant/TENANT/node/NODE`.
package struct NodeIdentity: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    package let trustDomain: TrustDomain
    package let tenant: String
    package let node: String

    /// `nil` unless both names are DNS labels.
    package init?(trustDomain: TrustDomain, tenant: String, node: String) {
        guard isDNSLabel(tenant), isDNSLabel(node) else { return nil }
        self.trustDomain = trustDomain
        self.tenant = tenant
        self.node = node
    }

    /// From a SPIFFE id in exactly the form that `description` gives.
    package init?(_ description: String) {
        guard description.utf8.count <= 512, description.hasPrefix("spiffe://") else { return nil }
        let parts = description.dropFirst("spiffe://".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[1] == "tenant", parts[3] == "node", let domain = TrustDomain(String(parts[0]))
        else { return nil }
        self.init(trustDomain: domain, tenant: String(parts[2]), node: String(parts[4]))
    }

    package var description: String { "spiffe://\(trustDomain)/tenant/\(tenant)/node/\(node)" }
}
