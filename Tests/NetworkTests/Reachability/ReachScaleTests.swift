import Manifests
import OverlayNetwork
import Testing

/// Prints what it takes; asserts only that the result is right.
@Suite struct ReachScaleTests {
    /// A network in which every node has two rules of its own, so that no two are alike.
    private func distinct(_ count: Int) throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("big", "10.0.0.0/16", "fd00::/64")
        var rules: [Policy.Rule] = []
        for number in 0..<count {
            try manifests.addNode("n\(number)", in: ["big"], labels: ["rack": "r\(number / 20)"])
            rules.append(try .allow(.any, .node("n\(number)"), "tcp/\(number + 1)"))
            rules.append(try .allow(.node("n\(number)"), .labels(["rack": "r\(number / 20)"]), "udp/\(number + 1)"))
        }
        manifests.addPolicy("own", rules: rules)
        return manifests
    }

    private func measure(_ base: TenantManifests?, _ head: TenantManifests) throws -> (Duration, ReachabilityDelta) {
        var delta: ReachabilityDelta?
        let took = try ContinuousClock().measure {
            delta = ReachabilityDelta(
                from: try ReachSide.resolving("big", in: base), to: try ReachSide.resolving("big", in: head))
        }
        return (took, try #require(delta))
    }

    @Test func oneLineOfALargePolicyIsCheap() throws {
        let base = try distinct(400)
        var head = base
        head.policies["own"]?.rules[6] = try .allow(.any, .node("n3"), "tcp/443")
        let (took, delta) = try measure(base, head)
        #expect(delta.opened.count == 1 && delta.closed.count == 1)
        print("figure: one rule of 400 nodes with rules of their own: delta \(took)")
    }

    @Test func oneLineThatSpeaksOfEverybodyTakesSeconds() throws {
        let base = try distinct(100)
        var head = base
        head.policies["own"]?.rules.append(try .deny(.any, .any, "tcp/9"))
        let (took, delta) = try measure(base, head)
        #expect(delta.opened.isEmpty && delta.closed.count == 1)
        print("figure: a deny for all of 100 nodes with rules of their own: delta \(took)")
    }

    @Test func aNetworkInWhichNoTwoNodesAreAlikeTakesSeconds() throws {
        let head = try distinct(100)
        let (took, delta) = try measure(nil, head)
        #expect(delta.closed.isEmpty && delta.opened.count >= 100)
        print("figure: a new network of 100 nodes with rules of their own: delta \(took)")
    }

    @Test func smallNetworksAreCheapHoweverMany() throws {
        var manifests = try TenantManifests.acme()
        for number in 0..<500 {
            try manifests.addNetwork("net\(number)", "10.\(number / 256).\(number % 256).0/24")
            for node in 0..<5 {
                try manifests.addNode("n\(number)-\(node)", in: ["net\(number)"], labels: ["app": "a\(node)"])
            }
            manifests.addPolicy(
                "p\(number)", cvlan: "net\(number)",
                rules: [try .allow(.labels(["app": "a0"]), .labels(["app": "a1"]), "tcp/80")])
        }
        let tenant = try TenantInForce(manifests, at: noon)
        let plan = try CIDRPlan(tenant, previous: nil)
        let networks = try tenant.cvlans.map {
            try ResolvedNetwork($0, in: tenant, cidrs: plan.cidrs[$0.name] ?? [], previous: nil)
        }
        var open = 0
        let took = try ContinuousClock().measure {
            for network in networks {
                let reach = try NetworkReach(network, in: tenant)
                open += reach.partition.openers.count
                _ = ReachabilityDelta(from: ReachSide(reach), to: ReachSide(reach))
            }
        }
        print("figure: 500 networks of 5 nodes: \(took / networks.count) each for rules, endpoints and a delta")
        #expect(open == 1000)
    }
}
