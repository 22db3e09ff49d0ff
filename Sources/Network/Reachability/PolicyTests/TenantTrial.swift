package import Manifests

/// A tenant's manifests, carried out to see what comes of them: for lint, which publishes nothing. Allocated addresses are
/// those of a first run; what is said of nodes does not depend on them.
package struct TenantTrial: Sendable {
    package let tenant: TenantInForce
    /// All of the tenant's, in name order.
    package let networks: [NetworkReach]

    /// - Throws: all that cannot be carried out.
    package init(_ manifests: TenantManifests, at time: Timestamp) throws(NetworkErrors) {
        let tenant = try TenantInForce(manifests, at: time)
        let plan = try CIDRPlan(tenant, previous: nil)
        let results = Parallel.map(tenant.cvlans) { cvlan in
            Result { () throws(NetworkErrors) in
                let network = try ResolvedNetwork(
                    cvlan, in: tenant, cidrs: plan.cidrs[cvlan.name] ?? [], previous: nil)
                return try NetworkReach(network, in: tenant)
            }
        }
        var networks: [NetworkReach] = []
        var errors: Set<NetworkError> = []
        for result in results {
            switch result {
            case .success(let network): networks.append(network)
            case .failure(let error): errors.formUnion(error.errors)
            }
        }
        try NetworkErrors.throwIfAny(Array(errors))
        self.tenant = tenant
        self.networks = networks
    }

    package var testRun: PolicyTestRun {
        get throws(NetworkErrors) {
            try PolicyTestRun(networks.map { ($0.network, $0.rules) }, of: tenant)
        }
    }

    package var ruleAnalysis: RuleAnalysis { RuleAnalysis(networks, of: tenant) }
}
