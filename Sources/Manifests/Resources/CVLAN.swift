package import Addressing

/// A virtual network of a tenant.
package struct CVLAN: Hashable, Sendable {
    package var metadata: Metadata
    package var range: AddressRangeSource
    /// `nil`: the tenant's default; see `effectiveProtocol(in:)`.
    @Located package var linkProtocol: LinkProtocol? = nil
    @Located package var ipsecProfile: IPsecProfile? = nil
    @Located package var topology: Topology = .mesh
    /// Bytes; `nil`: the agent's default.
    @Located package var mtu: Int? = nil
    /// Whole seconds; `nil`: no keepalives.
    @Located package var keepalive: Duration? = nil
    /// Never allocated.
    package var reserved: [Located<AddressRange>] = []
    @Located package var dnsDomain: String? = nil
    package var dnsRoutes: [DNSRoute] = []

    package init(metadata: Metadata, range: AddressRangeSource) {
        self.metadata = metadata
        self.range = range
    }

    package var name: String { metadata.name }

    package func effectiveProtocol(in tenant: Tenant) -> LinkProtocol { linkProtocol ?? tenant.defaults.linkProtocol }

    package func effectiveDomain(in tenant: Tenant) -> String { dnsDomain ?? "\(name).\(tenant.effectiveDomain)" }

    /// Where the network's prefixes come from.
    package enum AddressRangeSource: Hashable, Sendable {
        /// `cidrs`: at least one, in the order written; no host bits set.
        case cidrs([Located<IPPrefix>])
        /// `auto`: cut from the tenant's pools with these prefix lengths; at least one is given.
        case auto(v4: Located<Int>?, v6: Located<Int>?)
    }

    /// Split DNS: which names go to which upstream servers.
    package struct DNSRoute: Hashable, Sendable {
        @Located package var suffix: String
        package var servers: [Located<IPAddress>]

        package init(suffix: Located<String>, servers: [Located<IPAddress>]) {
            _suffix = suffix
            self.servers = servers
        }
    }
}
