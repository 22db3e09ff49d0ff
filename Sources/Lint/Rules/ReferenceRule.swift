internal import Manifests

/// Networks, groups and nodes that are named are declared.
struct ReferenceRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.nodes {
            for network in node.networks { require(network: network.$cvlan, tenant, &report) }
            if let ipsec = node.ipsec { require(ipsec, tenant, &report) }
        }
        for group in tenant.tenant.groups {
            for selector in group.members { require(selector, tenant, &report) }
        }
        for secret in tenant.secrets {
            for value in secret.sealed { require(node: value.$node, tenant, &report) }
        }
        for policy in tenant.policies {
            if let cvlan = policy.cvlan { require(network: policy.$cvlan.map { _ in cvlan }, tenant, &report) }
            for selector in policy.rules.flatMap({ $0.from + $0.to }) + policy.tests.flatMap({ [$0.from, $0.to] }) {
                require(selector, tenant, &report)
            }
        }
    }

    private func require(_ selector: Selector, _ tenant: TenantView, _ report: inout Report) {
        switch selector.term {
        case .node(let name): require(node: Located(name, at: selector.span), tenant, &report)
        case .group(let name):
            if !tenant.groupNames.contains(name) {
                report.addUnknown(
                    .unknownGroup, name, at: selector.span, "the tenant has no group `\(name)`",
                    among: tenant.groupNames)
            }
        case .labels, .cidr, .any: break
        }
        for selector in selector.except { require(selector, tenant, &report) }
    }

    private func require(_ ipsec: IPsecConnection, _ tenant: TenantView, _ report: inout Report) {
        if let gateway = ipsec.gateway { require(node: Located(gateway, at: ipsec.$gateway.span), tenant, &report) }
        let secrets = tenant.manifests.secrets
        guard let name = ipsec.secret, secrets[name.value] == nil, !tenant.isUndecodable(.secret, name.value) else {
            return
        }
        report.addUnknown(
            .unknownSecret, name.value, at: name.span, "there is no Secret `\(name)`", among: secrets.keys)
    }

    private func require(node name: Located<String>, _ tenant: TenantView, _ report: inout Report) {
        let nodes = tenant.manifests.nodes
        guard nodes[name.value] == nil, !tenant.isUndecodable(.node, name.value) else { return }
        report.addUnknown(
            .unknownNode, name.value, at: name.span, "there is no Node `\(name)`", among: nodes.keys)
    }

    private func require(network name: Located<String>, _ tenant: TenantView, _ report: inout Report) {
        let networks = tenant.manifests.cvlans
        guard networks[name.value] == nil, !tenant.isUndecodable(.cvlan, name.value) else { return }
        report.addUnknown(
            .unknownNetwork, name.value, at: name.span, "there is no CVLAN `\(name)`", among: networks.keys)
    }
}
