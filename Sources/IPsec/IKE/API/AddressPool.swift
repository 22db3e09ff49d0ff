package import Addressing

/// What a responder gives to those who ask for a configuration (RFC 7296 §2.19, §3.15).
package struct AddressPool: Hashable, Sendable {
    /// Addresses come out of these, one of each family.
    package var prefixes: [IPPrefix]
    /// Never given: our own addresses in there.
    package var reserved: Set<IPAddress>
    package var dnsServers: [IPAddress]
    /// Domains that those servers answer for; empty: all (RFC 8598).
    package var dnsDomains: [String]
    /// What is to go through the tunnel; empty: everything.
    package var subnets: [IPPrefix]

    package init(
        prefixes: [IPPrefix], reserved: Set<IPAddress> = [], dnsServers: [IPAddress] = [], dnsDomains: [String] = [],
        subnets: [IPPrefix] = []
    ) {
        self.prefixes = prefixes
        self.reserved = reserved
        self.dnsServers = dnsServers
        self.dnsDomains = dnsDomains
        self.subnets = subnets
    }
}
