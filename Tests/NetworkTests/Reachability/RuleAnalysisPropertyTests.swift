import Addressing
import Manifests
import OverlayNetwork
import Testing

/// The verdicts on rules against what happens when they are taken out, in random tenants, over all pairs of endpoints and
/// all services that rules tell apart.
@Suite struct RuleAnalysisPropertyTests {
    private static let services: [Flow.Service] = [
        .tcp(79), .tcp(80), .tcp(81), .tcp(4999), .tcp(5000), .tcp(5005), .tcp(5010), .tcp(5011), .udp(52), .udp(53),
        .udp(54), .icmp, .other,
    ]

    /// Which flows are open, tried one by one.
    private func open(_ manifests: TenantManifests) throws -> Set<[String]> {
        var result: Set<[String]> = []
        for reach in try TenantTrial(manifests, at: noon).networks {
            // Endpoints behind routes are cut by what rules say, so those of other rules are others: whole routes and
            // the first and last address of all prefixes that rules have do for them all.
            let routed = ["10.20.0.0", "10.20.0.255", "10.21.0.0", "10.21.0.255", "10.22.0.9", "10.23.0.9"]
            let hosts = reach.network.members.flatMap { member in member.addresses }
            let ends = hosts + routed.compactMap { IPAddress($0) }
            for source in ends {
                for destination in ends where source.family == destination.family && source != destination {
                    for service in Self.services
                    where reach.isOpen(Flow(from: source, to: destination, service)) {
                        result.insert([reach.name, "\(source)", "\(destination)", "\(service)"])
                    }
                }
            }
        }
        return result
    }

    /// Where packets find a way: a hub network without a gateway has none, whatever its rules say. `nil`: refused anyway.
    private static func connected(_ manifests: TenantManifests) -> TenantManifests? {
        var result = manifests
        guard let trial = try? TenantTrial(manifests, at: noon) else { return nil }
        for reach in trial.networks where !reach.isConnected { result.cvlans[reach.name]?.topology = .mesh }
        return result
    }

    private func removing(_ ids: Set<RuleID>, from manifests: TenantManifests) -> TenantManifests {
        var result = manifests
        for name in manifests.policies.keys {
            guard let policy = manifests.policies[name] else { continue }
            result.policies[name]?.rules = policy.rules.enumerated().compactMap { index, rule in
                ids.contains(RuleID(policy: name, index: index)) ? nil : rule
            }
        }
        return result
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func verdictsAreWhatHappensWithoutTheRule(seed: UInt64) throws {
        var tenant = try RandomTenant(seed: seed)
        for _ in 0..<2 {
            tenant.edit()
            guard let manifests = Self.connected(tenant.manifests) else { continue }
            let verdicts = try TenantTrial(manifests, at: noon).ruleAnalysis.verdicts
            let before = try open(manifests)
            var idle: Set<RuleID> = []
            for (id, verdict) in verdicts {
                switch verdict {
                case .neverMatches, .denied, .covered: idle.insert(id)
                case .saysTheDefault, .takesEffect: break
                }
            }
            // All of them at once.
            let rest = removing(idle, from: manifests)
            #expect(try open(rest) == before)
            // Each of the others from what is left.
            for (id, verdict) in verdicts where !idle.contains(id) {
                let without = try open(removing(idle.union([id]), from: manifests))
                #expect((without == before) == (verdict == .saysTheDefault), "\(id) \(verdict)")
            }
        }
    }

    @Test(arguments: 100..<130 as Range<UInt64>)
    func overlapsAreFlowsOfBoth(seed: UInt64) throws {
        var tenant = try RandomTenant(seed: seed)
        tenant.edit()
        guard let manifests = Self.connected(tenant.manifests) else { return }
        let trial = try TenantTrial(manifests, at: noon)
        for (id, overlap) in trial.ruleAnalysis.overlaps {
            let reach = try #require(trial.networks.first { $0.name == overlap.cvlan })
            #expect(!reach.isOpen(overlap.flow))
            let deny = try #require(overlap.denies.first)
            for only in [id, deny] {
                let others = trial.tenant.policies.flatMap { policy in
                    policy.rules.indices.map { RuleID(policy: policy.name, index: $0) }
                }
                var alone = removing(Set(others).subtracting([only]), from: manifests)
                alone.tenant.defaults.action = only == id ? .deny : .allow
                let network = try #require(
                    try TenantTrial(alone, at: noon).networks.first { $0.name == overlap.cvlan })
                #expect(network.isOpen(overlap.flow) == (only == id))
            }
        }
    }
}
