internal import Addressing
internal import Manifests

/// A fixed address is one that a machine of its network can have.
struct AddressInNetworkRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.nodes {
            for membership in node.networks {
                guard let network = tenant.manifests.cvlans[membership.cvlan], case .cidrs(let cidrs) = network.range
                else { continue }
                for address in membership.addresses { check(address, of: network, cidrs, &report) }
            }
        }
    }

    private func check(
        _ address: Located<IPAddress>, of network: CVLAN, _ cidrs: [Located<IPPrefix>], _ report: inout Report
    ) {
        guard let cidr = cidrs.first(where: { $0.value.contains(address.value) }) else {
            let list = cidrs.map { "\($0)" }.joined(separator: ", ")
            report.add(
                .addressOutsideNetwork, at: address.span, "`\(address)` is not in `\(network.name)`, which is \(list)",
                related: cidrs.prefix(1).map { Finding.Related($0.span, "the addresses of `\(network.name)`") })
            return
        }
        if let use = cidr.value.fixedUse(of: address.value) {
            report.add(
                .unusableAddress, at: address.span,
                "`\(address)` is the \(use) address of `\(cidr)`, which no node can have")
        } else if let range = network.reserved.first(where: { $0.value.contains(address.value) }) {
            report.add(
                .reservedAddress, at: address.span, "`\(address)` is in `\(range)`, which `\(network.name)` reserves",
                related: [Finding.Related(range.span, "the reserved range")])
        }
    }
}

extension IPPrefix {
    /// What an address of this network always is, so that no machine can have it: the first of IPv4 names the network
    /// and the last is everyone (RFC 922), the first of IPv6 is any router (RFC 4291 §2.6.1). Networks of two
    /// addresses have neither (RFC 3021, RFC 6164).
    fileprivate func fixedUse(of address: IPAddress) -> String? {
        guard length <= family.bitWidth - 2 else { return nil }
        if address == firstAddress { return family == .v4 ? "network" : "subnet-router anycast" }
        return family == .v4 && address == lastAddress ? "broadcast" : nil
    }
}
