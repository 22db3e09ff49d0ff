import Addressing
import Manifests
import OverlayNetwork
import Testing

/// What a policy means, straight from the manifests and node by node: slow and obvious.
private struct NaivePolicy {
    let tenant: TenantInForce
    let network: ResolvedNetwork

    func selects(_ selector: Selector, _ address: IPAddress) -> Bool {
        let owner = network.members.first { $0.addresses.contains(address) }?.node
        let isSelected =
            switch selector.term {
            case .any: true
            case .cidr(let prefix): prefix.contains(address)
            case .node(let name): owner?.name == name
            case .labels(let labels): labels.allSatisfy { owner?.metadata.labels[$0.key] == $0.value } && owner != nil
            case .group(let name): tenant.tenant.group(name)?.members.contains { selects($0, address) } ?? false
            }
        return isSelected && !selector.except.contains { selects($0, address) }
    }

    func allows(_ flow: Flow) -> Bool {
        var isAllowed = false
        for policy in tenant.policies where policy.cvlan == nil || policy.cvlan == network.name {
            for rule in policy.rules where matches(rule, flow) {
                if rule.action == .deny { return false }
                isAllowed = true
            }
        }
        return isAllowed || tenant.tenant.defaults.action == .allow
    }

    private func matches(_ rule: Policy.Rule, _ flow: Flow) -> Bool {
        rule.from.contains { selects($0, flow.source) } && rule.to.contains { selects($0, flow.destination) }
            && (rule.ports.isEmpty
                || rule.ports.contains { port in
                    switch (port.value, flow.service) {
                    case (.tcp(let range), .tcp(let number)), (.udp(let range), .udp(let number)):
                        range.contains(number)
                    case (.icmp, .icmp): true
                    default: false
                    }
                })
    }
}

@Suite struct FilterPropertyTests {
    private static let services: [Flow.Service] = [
        .tcp(80), .tcp(5005), .tcp(5011), .udp(53), .udp(80), .icmp, .other,
    ]

    /// Members, other addresses of the network, and hosts behind routes.
    private func hosts(_ network: ResolvedNetwork) -> [IPAddress] {
        let others = ["10.0.0.2", "10.1.0.9", "10.1.0.30", "10.20.0.7", "192.0.2.1", "fd01::2", "fd99::1"]
        return network.members.flatMap(\.addresses) + others.compactMap { IPAddress($0) }
    }

    private func eachNetwork(
        _ seeds: ClosedRange<UInt64>,
        _ body: (RandomTenant, TenantInForce, CompiledTenant, CompiledNetwork, UInt64) throws -> Void
    ) throws {
        for seed in seeds {
            let random = try RandomTenant(seed: seed)
            guard let compiled = try? random.manifests.compile() else { continue }
            let tenant = try TenantInForce(random.manifests, at: noon)
            for network in compiled.networks { try body(random, tenant, compiled, network, seed) }
        }
    }

    @Test func compiledPoliciesMeanWhatManifestsSay() throws {
        var verdicts: [Bool: Int] = [:]
        try eachNetwork(1...25) { _, tenant, compiled, network, seed in
            let naive = NaivePolicy(tenant: tenant, network: network.network)
            guard let member = network.network.members.first else { return }
            let view = try WireView(compiled, member.name, in: network.network.name)
            let hosts = hosts(network.network)
            for source in hosts {
                for destination in hosts where destination.family == source.family {
                    for service in Self.services {
                        let flow = Flow(from: source, to: destination, service)
                        let expected = naive.allows(flow)
                        verdicts[expected, default: 0] += 1
                        guard network.filter.rules.decide(flow).action == (expected ? .allow : .deny),
                            view.allows(flow) == expected
                        else {
                            Issue.record("seed \(seed): \(flow), expected \(expected)")
                            return
                        }
                    }
                }
            }
        }
        #expect(verdicts.count == 2, "all flows were decided alike: the policies are too tame")
    }

    /// Tests of policies are decided by set algebra; here each pair of addresses is tried instead.
    @Test func policyTestsAgreeWithTryingEachPair() throws {
        var outcomes: [Bool: Int] = [:]
        try eachNetwork(1...80) { random, tenant, compiled, network, seed in
            var random = random
            let naive = NaivePolicy(tenant: tenant, network: network.network)
            let addresses = network.network.members.flatMap { member in member.addresses.map { (member.name, $0) } }
            for number in 0..<6 {
                let expect: PolicyAction = seed % 2 == 0 ? .allow : .deny
                var test = Policy.Test(from: random.selector(), to: random.selector(), expect: Located(expect))
                test.port = [.tcp(80...80), .udp(53...53), .icmp, nil][number % 4]
                // Only nodes, so that there are few enough pairs to try.
                test.from.except += [try Selector.outside(network.network)]
                test.to.except += [try Selector.outside(network.network)]
                let service = Flow.Service(test.port)
                var violations: Set<Flow> = []
                for (source, from) in addresses where naive.selects(test.from, from) {
                    for (destination, to) in addresses where naive.selects(test.to, to) {
                        let flow = Flow(from: from, to: to, service)
                        guard from.family == to.family, source != destination else { continue }
                        if naive.allows(flow) != (expect == .allow) { violations.insert(flow) }
                    }
                }
                var manifests = random.manifests
                manifests.addPolicy("zz-tests", cvlan: network.network.name, tests: [test])
                let failures = try PolicyTestFailure.all(
                    in: compiled.networks, of: try TenantInForce(manifests, at: noon))
                outcomes[violations.isEmpty, default: 0] += 1
                switch failures.first?.reason {
                case .decided(let decision, let flow, _)?:
                    #expect(violations.contains(flow), "seed \(seed): \(failures)")
                    #expect(decision == network.filter.rules.decide(flow))
                case .nothingInCommon?: #expect(expect == .allow && violations.isEmpty, "seed \(seed)")
                case nil: #expect(violations.isEmpty, "seed \(seed): \(test.from) to \(test.to)")
                }
            }
        }
        #expect(outcomes.count == 2)
    }
}

extension Selector {
    /// Every address that is no member's.
    fileprivate static func outside(_ network: ResolvedNetwork) throws -> Selector {
        Selector(.any, except: network.members.flatMap(\.addresses).map { Selector(.cidr(IPPrefix(host: $0))) })
    }
}
