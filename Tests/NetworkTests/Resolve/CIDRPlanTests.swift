import Manifests
import OverlayNetwork
import Testing

@Suite struct CIDRPlanTests {
    private func cidrs(_ compiled: CompiledTenant, _ cvlan: String) -> [String] {
        compiled.state.cvlans[cvlan]?.cidrs.map(\.description) ?? []
    }

    @Test func autoNetworksAreCutFromThePoolsLowestFirst() throws {
        var manifests = try TenantManifests.acme(pools: ["10.64.0.0/12", "fd64::/32"])
        manifests.addAutoNetwork("a", v4: 24, v6: 64)
        manifests.addAutoNetwork("b", v4: 16)
        manifests.addAutoNetwork("c", v4: 24)
        let compiled = try manifests.compile()
        #expect(cidrs(compiled, "a") == ["10.64.0.0/24", "fd64::/64"])
        #expect(cidrs(compiled, "b") == ["10.65.0.0/16"])
        #expect(cidrs(compiled, "c") == ["10.64.1.0/24"])
    }

    @Test func declaredPrefixesAreStayedClearOf() throws {
        var manifests = try TenantManifests.acme(pools: ["10.0.0.0/22"])
        try manifests.addNetwork("declared", "10.0.0.128/25", "10.0.2.0/24")
        manifests.addAutoNetwork("a", v4: 24)
        manifests.addAutoNetwork("b", v4: 24)
        let compiled = try manifests.compile()
        #expect(cidrs(compiled, "a") == ["10.0.1.0/24"])
        #expect(cidrs(compiled, "b") == ["10.0.3.0/24"])
    }

    @Test func aNetworkKeepsItsPrefixes() throws {
        var manifests = try TenantManifests.acme(pools: ["10.64.0.0/12"])
        manifests.addAutoNetwork("b", v4: 24)
        manifests.addAutoNetwork("c", v4: 24)
        let first = try manifests.compile()
        manifests.cvlans["b"] = nil
        manifests.addAutoNetwork("a", v4: 24, v6: nil)
        manifests.addAutoNetwork("aa", v4: 24, v6: nil)
        let second = try manifests.compile(after: first.state)
        #expect(cidrs(second, "c") == ["10.64.1.0/24"])
        #expect(cidrs(second, "a") == ["10.64.0.0/24"])
        #expect(cidrs(second, "aa") == ["10.64.2.0/24"])
    }

    @Test func aFamilyThatComesLaterLeavesTheOtherAlone() throws {
        var manifests = try TenantManifests.acme(pools: ["10.64.0.0/12", "fd64::/32"])
        manifests.addAutoNetwork("a", v4: 24)
        manifests.addAutoNetwork("b", v6: 64)
        let first = try manifests.compile()
        manifests.addAutoNetwork("a", v4: 24, v6: 64)
        manifests.addAutoNetwork("b", v4: 24, v6: 64)
        let second = try manifests.compile(after: first.state)
        #expect(cidrs(second, "a") == ["10.64.0.0/24", "fd64:0:0:1::/64"])
        #expect(cidrs(second, "b") == ["10.64.1.0/24", "fd64::/64"])
        #expect(try manifests.compile(after: second.state).state == second.state)
    }

    @Test func theSecondPoolServesWhenTheFirstIsUsedUp() throws {
        var manifests = try TenantManifests.acme(pools: ["10.0.0.0/24", "10.9.0.0/24"])
        manifests.addAutoNetwork("a", v4: 24)
        manifests.addAutoNetwork("b", v4: 24)
        #expect(cidrs(try manifests.compile(), "b") == ["10.9.0.0/24"])
        manifests.addAutoNetwork("c", v4: 25, at: line(5))
        #expect(try manifests.errors() == ["5 pool-exhausted"])
    }

    @Test func overlappingNetworksAreAnErrorAtTheLater() throws {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("a", "10.0.0.0/16")
        try manifests.addNetwork("b", "10.9.0.0/24") {
            $0.range = .cidrs([Located(try prefix("10.0.7.0/24"), at: line(2))])
        }
        #expect(try manifests.errors() == ["2 overlapping-networks"])
    }

    @Test func aDeclaredPrefixDoesNotPushAnAutoNetworkAway() throws {
        var manifests = try TenantManifests.acme(pools: ["10.64.0.0/12"])
        manifests.addAutoNetwork("auto", v4: 24)
        let first = try manifests.compile()
        try manifests.addNetwork("declared", "10.64.0.0/24")
        #expect(try manifests.errors(after: first.state) == ["0 overlapping-networks"])
        #expect(try manifests.errors() == [])
    }

    @Test func sameNamesAndPrefixesInTwoTenantsDoNotMatter() throws {
        var acme = try TenantManifests.acme()
        try acme.addNetwork("office", "10.0.0.0/24")
        try acme.addNode("a", in: ["office"])
        var other = acme
        other.tenant.metadata.name = "other"
        other.tenant.metadata.tenant = "other"
        #expect(try acme.compile().addresses("a", in: "office") == other.compile().addresses("a", in: "office"))
    }

    @Test func tenThousandAutoNetworksAreCutQuickly() throws {
        var manifests = try TenantManifests.acme(pools: ["10.0.0.0/8"])
        for number in 0..<10_000 { manifests.addAutoNetwork("n\(number)", v4: 24) }
        let compiled = try manifests.compile()
        #expect(Set(compiled.state.cvlans.values.flatMap(\.cidrs)).count == 10_000)
    }
}
