internal import Addressing
internal import Manifests

/// A fixed address belongs to one node of its network.
struct DuplicateAddressRule: Rule {
    private struct Key: Hashable {
        let cvlan: String
        let address: IPAddress
    }

    func check(_ tenant: TenantView, _ report: inout Report) {
        var owners: [Key: (node: String, span: SourceSpan)] = [:]
        for node in tenant.liveNodes {
            for membership in node.networks {
                for address in membership.addresses {
                    let key = Key(cvlan: membership.cvlan, address: address.value)
                    if let owner = owners[key] {
                        report.add(
                            .duplicateAddress, at: address.span,
                            "`\(address)` in `\(membership.cvlan)` is the address of node `\(owner.node)` already",
                            related: [Finding.Related(owner.span, "the address of `\(owner.node)`")])
                    } else {
                        owners[key] = (node.name, address.span)
                    }
                }
            }
        }
    }
}
