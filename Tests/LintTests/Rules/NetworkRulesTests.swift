import Lint
import Manifests
import Testing

/// Rules about nodes and networks as a whole.
struct NetworkRulesTests {
    private let office = network("office", "cidrs: [10.0.0.0/24]")

    private func gateway(_ name: String, _ route: String, also spec: String = "") -> String {
        node(name, "role: gateway, networks: [{ cvlan: office }], routes: [{ \(route) }]\(spec)")
    }

    @Test func routesOfTwoNodesSayTheirPriorities() {
        #expect(
            lint(office, gateway("a", "prefix: §10.1.0.0/24"), gateway("b", "prefix: §10.1.0.0/24, priority: 200")) == [
                "§1: warning[CV124]: node `b` advertises `10.1.0.0/24` in `office` too: say `priority`, or their names "
                    + "decide which of them is used"
            ])
        #expect(
            lint(
                office, gateway("a", "prefix: §\"fd01::/64\""), gateway("b", "prefix: §\"fd01::/64\""),
                gateway("c", "prefix: §\"fd01::/64\"")
            ).map { String($0.prefix(39)) } == [
                "§1: warning[CV124]: node `b` advertises", "§2: warning[CV124]: node `a` advertises",
                "§3: warning[CV124]: node `a` advertises",
            ])
        // The default is said, too.
        #expect(
            lint(
                office, gateway("a", "prefix: 10.1.0.0/24, priority: 100"),
                gateway("b", "prefix: 10.1.0.0/24, priority: 100")) == [])
    }

    @Test func routesThatDoNotMeetNeedNoPriority() {
        let expired = ", expires: 2020-01-01T00:00:00Z"
        let findings = lint(
            office, network("home", "cidrs: [10.2.0.0/24]"), gateway("a", "prefix: 10.1.0.0/24"),
            gateway("b", "prefix: 10.1.0.0/25"), gateway("c", "prefix: 10.1.0.0/24", also: expired),
            node("d", "networks: [{ cvlan: home }], routes: [{ prefix: 10.1.0.0/24 }]"))
        #expect(!findings.contains { $0.contains("CV124") })
    }

    @Test func routesThatMeetInTwoNetworksAreToldOnce() {
        let both = "role: gateway, networks: [{ cvlan: office }, { cvlan: home }], routes: [{ prefix: 10.1.0.0/24 }]"
        let findings = lint(office, network("home", "cidrs: [10.2.0.0/24]"), node("a", both), node("b", both))
        #expect(findings.count == 2)
    }

    @Test func theOtherPlaceIsNamed() {
        func related(_ documents: [String]) -> [String] {
            let text = (["kind: Tenant, metadata: { name: acme }"] + documents).map {
                "--- { apiVersion: cvlan.io/v1, \($0) }\n"
            }
            return lint([("t.yaml", text.joined())]).flatMap(\.related).map { "\($0.span) \($0.message)" }
        }
        let key = "wireguard: { publicKey: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }"
        #expect(related([node("a", key), node("b", key)]).map { $0.prefix(8) } == ["t.yaml:2"])
        #expect(related([node("n"), node("n")]).map { $0.hasSuffix("the first") } == [true])
        #expect(
            related([office, network("x", "cidrs: [10.0.0.0/25]")]).map { $0.hasSuffix("`10.0.0.0/24` of `office`") }
                == [true])
        let fixed = "networks: [{ cvlan: office, addresses: [10.0.0.9] }]"
        #expect(related([office, node("a", fixed), node("b", fixed)]).map { $0.prefix(8) } == ["t.yaml:3"])
        let routes = related([office, gateway("a", "prefix: 10.1.0.0/24"), gateway("b", "prefix: 10.1.0.0/24")])
        #expect(routes.map { $0.hasSuffix("the route of `b`") } == [true, false])
    }

    private func nodes(_ count: Int, _ spec: String = "networks: [{ cvlan: x }]", from first: Int = 0) -> [String] {
        (first..<first + count).map { node("n\($0)", spec) }
    }

    /// `lint` takes a list of its own.
    private func lintAll(_ documents: [String], tenant: String = "") -> [String] {
        let tenantSpec = tenant.isEmpty ? "" : ", spec: { \(tenant) }"
        let text = (["kind: Tenant, metadata: { name: acme }\(tenantSpec)"] + documents).map {
            "--- { apiVersion: cvlan.io/v1, \($0) }\n"
        }
        return lint([("t.yaml", text.joined())]).map(\.description)
    }

    @Test func aNetworkThatIsNearlyFull() {
        let small = network("x", "cidrs: [10.0.0.0/28]")
        #expect(lintAll([small] + nodes(12)) == [])
        #expect(
            lintAll([small] + nodes(13)) == [
                "t.yaml:2:98: warning[CV125]: `x` has 1 of its 14 IPv4 addresses left for nodes to come: add a prefix to it"
            ])
        #expect(
            lintAll([small] + nodes(14)).map { $0.contains("`x` has none of its 14 IPv4 addresses left") } == [true])
    }

    @Test func whatIsReservedIsNoRoom() {
        let reserved = network("x", "cidrs: [10.0.0.0/27], reserved: [10.0.0.8-10.0.0.15, 10.0.0.12/30, 10.0.0.0/29]")
        // 30 hosts without 8 to 15 and 1 to 7.
        #expect(lintAll([reserved] + nodes(13)) == [])
        #expect(lintAll([reserved] + nodes(14)).map { $0.contains("1 of its 15 IPv4") } == [true])
        // Fixed among the reserved, a node takes nothing.
        let fixed = node("z", "networks: [{ cvlan: x, addresses: [10.0.0.9] }]")
        #expect(lintAll([reserved, fixed] + nodes(13)).filter { $0.contains("CV125") } == [])
    }

    @Test func expiredNodesMakeRoom() {
        let expired = nodes(10, "networks: [{ cvlan: x }], expires: 2020-01-01T00:00:00Z", from: 50)
        let findings = lintAll([network("x", "cidrs: [10.0.0.0/28]")] + nodes(12) + expired)
        #expect(!findings.contains { $0.contains("CV125") })
    }

    @Test func networksOfBothFamiliesAndAutomaticOnes() {
        let both = network("x", "cidrs: [10.0.0.0/24, \"fd00::/124\"]")
        #expect(lintAll([both] + nodes(14)).map { $0.contains("1 of its 15 IPv6") } == [true])
        let automatic = network("x", "auto: { v4: 28, v6: 64 }")
        let pools = "addressPools: [10.0.0.0/16, \"fd00::/48\"]"
        #expect(lintAll([automatic] + nodes(13), tenant: pools).map { $0.contains("1 of its 14 IPv4") } == [true])
    }

    @Test func smallNetworksAreMeantToBeFull() {
        #expect(lintAll([network("x", "cidrs: [10.0.0.0/30]")] + nodes(2)) == [])
        #expect(lintAll([network("x", "cidrs: [10.0.0.0/31]")] + nodes(2)) == [])
    }

    @Test func aKeyOfAnotherTenant() {
        let key = "wireguard: { publicKey: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }"
        func tenant(_ name: String, _ spec: String) -> (path: String, text: String) {
            (
                "\(name).yaml",
                """
                { apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: \(name) } }
                --- { apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: \(name), name: n }, spec: { \(spec) } }
                """
            )
        }
        let all = lint([tenant("b", key), tenant("a", key), tenant("c", "role: client")])
        let findings = all.filter { $0.code == .keyInOtherTenant }
        #expect(
            findings.map(\.description) == [
                "b.yaml:2:110: warning[CV126]: a node of another tenant has this key: each should have a key of its own"
            ])
        #expect(findings.first?.tenant == "b")
        #expect(findings.first?.related.map(\.span.file.path) == ["a.yaml"])
        // Who has expired is not there.
        #expect(
            !lint([tenant("b", "\(key), expires: 2020-01-01T00:00:00Z"), tenant("a", key)]).contains {
                $0.code == .keyInOtherTenant
            })
    }

    @Test func anIPsecProfileWeakerThanTheTenants() {
        func check(_ demand: String, _ profile: String) -> [String] {
            lint(network("x", "cidrs: [10.0.0.0/24], ipsecProfile: §\(profile)"), tenant: demand)
        }
        #expect(
            check("defaults: { ipsecProfile: cnsa }", "modern") == [
                "§1: warning[CV127]: `modern` is weaker than `cnsa`, which the tenant demands"
            ])
        #expect(
            check("defaults: { ipsecProfile: modern }", "compatible") == [
                "§1: warning[CV127]: `compatible` is weaker than `modern`, which the tenant demands"
            ])
        #expect(check("defaults: { ipsecProfile: modern }", "cnsa") == [])
        #expect(check("defaults: { ipsecProfile: compatible }", "compatible") == [])
        // Nobody has demanded what is only the default.
        #expect(check("", "compatible") == [])
        #expect(check("defaults: { action: deny }", "compatible") == [])
    }

    @Test func aMeshThatIsTooLarge() {
        let topology = { (topology: String) in network("x", "cidrs: [10.0.0.0/16], topology: \(topology)") }
        let phone = node("phone", "role: external, networks: [{ cvlan: x }]")
        #expect(lintAll([topology("mesh"), phone] + nodes(250)) == [])
        #expect(
            lintAll([topology("mesh"), phone] + nodes(251)) == [
                "t.yaml:2:122: warning[CV128]: node `phone` needs 251 tunnels for 252 members of `x`, but an external "
                    + "device can hold 250: `topology: hub` needs one to each gateway"
            ])
        #expect(lintAll([topology("hub"), phone] + nodes(251)) == [])
        #expect(lintAll([network("x", "cidrs: [10.0.0.0/16]")] + nodes(1001)) == [])
        let large = lintAll([network("x", "cidrs: [10.0.0.0/16]")] + nodes(1002))
        #expect(large.count == 1)
        #expect(large.allSatisfy { $0.contains("t.yaml:2:77: warning[CV128]: node `n0` needs 1001") })
        #expect(large.allSatisfy { $0.contains("and 1001 more need too many") })
    }

    @Test func tunnelsOfAllNetworksCount() {
        let networks = ["x", "z"].enumerated().map { network($1, "cidrs: [10.\($0).0.0/16]") }
        let both = node("both", "networks: [{ cvlan: x }, { cvlan: z }]")
        let found = lintAll(
            networks + [both] + nodes(600) + nodes(500, "networks: [{ cvlan: z }]", from: 1000))
        #expect(found.count == 1)
        #expect(
            found.allSatisfy {
                $0.contains("node `both` needs 1100 tunnels in all its networks for 601 members of `x`")
            })
    }
}
