import Lint
import Manifests
import Testing

/// Each rule finds what it is for, says where, and nothing else is found.
struct RulesTests {
    @Test func networksThatAreNotDeclared() {
        let office = network("office", "cidrs: [10.0.0.0/24]")
        let test = "tests: [{ from: { any: true }, to: { any: true }, expect: deny }]"
        #expect(lint(office, node("n", "networks: [{ cvlan: office }]"), policy("p", "cvlan: office, \(test)")) == [])
        #expect(
            lint(office, node("n", "networks: [{ cvlan: §ofice }]"), policy("p", "cvlan: §home, \(test)")) == [
                "§1: error[CV102]: there is no CVLAN `ofice`: did you mean `office`?",
                "§2: error[CV102]: there is no CVLAN `home`",
            ])
    }

    @Test func groupsThatAreNotDeclared() {
        let rule = "{ action: allow, from: [{ group: eng }], to: [{ any: true, except: [{ group: §opz }] }] }"
        #expect(
            lint(policy("p", "rules: [\(rule)]"), tenant: "groups: [{ name: eng, members: [{ group: §ops }] }]") == [
                "§1: error[CV103]: the tenant has no group `ops`",
                "§2: error[CV103]: the tenant has no group `opz`",
            ])
    }

    @Test func nodesThatAreNotDeclared() {
        let test = "{ from: { node: a }, to: { node: §b }, expect: deny }"
        #expect(lint(node("a"), policy("p", "tests: [\(test)]")) == ["§1: error[CV104]: there is no Node `b`"])
    }

    @Test func whatIsDeclaredWithMistakesIsNotMissing() {
        let findings = lint(
            network("office", "cidrs: [§10.0.0.1/24]"), node("a", "role: §boss"),
            node("b", "networks: [{ cvlan: office }]"),
            policy("p", "tests: [{ from: { node: a }, to: { node: b }, expect: deny }]"))
        #expect(findings.map { $0.prefix(16) } == ["§1: error[CV009]", "§2: error[CV007]"])
    }

    @Test func namesThatAreUsedTwice() {
        #expect(
            lint(node("§n"), node("§n"), network("n", "cidrs: [10.0.0.0/24]")) == [
                "§2: error[CV105]: there is another Node `n`, at §1: rename or delete this one"
            ])
    }

    @Test func tenantsThatAreNotDeclared() {
        let other = "kind: Node, metadata: { tenant: §acm, name: n }"
        #expect(lint(other) == ["§1: error[CV101]: there is no Tenant `acm`: did you mean `acme`?"])
    }

    @Test func addressesThatAreTakenTwice() {
        let findings = lint(
            network("x", "cidrs: [10.0.0.0/24, \"fd00::/64\"]"), network("y", "cidrs: [10.0.1.0/24]"),
            node("a", "networks: [{ cvlan: x, addresses: [10.0.0.9, \"fd00::9\"] }]"),
            node("b", "networks: [{ cvlan: x, addresses: [§\"fd00::0:9\"] }, { cvlan: y, addresses: [10.0.1.9] }]"))
        #expect(
            findings == [
                "§1: warning[CV021]: `fd00::0:9` is `fd00::9` in canonical form",
                "§1: error[CV106]: `fd00::9` in `x` is the address of node `a` already",
            ])
    }

    @Test func anExpiredNodeHoldsNothing() {
        let key = "wireguard: { publicKey: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }"
        let shared = "networks: [{ cvlan: x, addresses: [10.0.0.9] }], \(key)"
        let findings = lint(
            network("x", "cidrs: [10.0.0.0/24]"), node("a", "\(shared), expires: §2020-01-01T00:00:00Z"),
            node("b", shared))
        #expect(
            findings == [
                "§1: warning[CV112]: node `a` has expired and is treated as removed: delete it, or let it expire later"
            ])
    }

    @Test func addressesThatTheirNetworkCannotHave() {
        let addresses = "[§10.0.0.0, §10.0.0.255, §10.0.0.7, §10.0.1.1, §\"fd00::\", \"fd00::ffff\", 10.0.0.1]"
        let findings = lint(
            network("x", "cidrs: [10.0.0.0/24, \"fd00::/112\"], reserved: [10.0.0.4-10.0.0.8]"),
            node("n", "networks: [{ cvlan: x, addresses: \(addresses) }]"))
        #expect(
            findings == [
                "§1: error[CV108]: `10.0.0.0` is the network address of `10.0.0.0/24`, which no node can have",
                "§2: error[CV108]: `10.0.0.255` is the broadcast address of `10.0.0.0/24`, which no node can have",
                "§3: warning[CV116]: `10.0.0.7` is in `10.0.0.4-10.0.0.8`, which `x` reserves",
                "§4: error[CV107]: `10.0.1.1` is not in `x`, which is 10.0.0.0/24, fd00::/112",
                "§5: error[CV108]: `fd00::` is the subnet-router anycast address of `fd00::/112`, which no node can have",
            ])
    }

    @Test func networksOfTwoAddressesHaveNoSpecialOnes() {
        #expect(
            lint(
                network("x", "cidrs: [10.0.0.0/31, \"fd00::/127\"]"),
                node("n", "networks: [{ cvlan: x, addresses: [10.0.0.0, 10.0.0.1, \"fd00::\", \"fd00::1\"] }]")) == [])
    }

    @Test func keysOfTwoNodes() {
        let key = "wireguard: { publicKey: §AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }"
        #expect(lint(node("b", key), node("a", key)) == ["§1: error[CV109]: node `a` has this key already"])
    }

    @Test func networksThatOverlap() {
        #expect(
            lint(
                network("a", "cidrs: [§10.0.0.0/16]"), network("b", "cidrs: [§10.0.7.0/24, §\"fd00::/48\"]"),
                network("c", "cidrs: [§10.1.0.0/16, §\"fd00:0:0:1::/64\"]"), network("d", "cidrs: [§10.1.0.0/16]")) == [
                    "§2: error[CV110]: `10.0.7.0/24` of `b` overlaps `10.0.0.0/16` of `a`, at §1",
                    "§5: error[CV110]: `fd00:0:0:1::/64` of `c` overlaps `fd00::/48` of `b`, at §3",
                    "§6: error[CV110]: `10.1.0.0/16` of `d` overlaps `10.1.0.0/16` of `c`, at §4",
                ])
    }

    @Test func automaticNetworksWithoutRoom() {
        let pools = "addressPools: [10.0.0.0/22]"
        let fixed = network("fixed", "cidrs: [10.0.1.0/25]")
        func auto(_ name: String, _ length: String) -> String { network(name, "auto: { \(length) }") }
        #expect(lint(fixed, auto("a", "v4: 23"), auto("b", "v4: 24"), auto("c", "v4: 25"), tenant: pools) == [])
        #expect(
            lint(fixed, auto("a", "v4: 23"), auto("b", "v4: 24"), auto("c", "v4: §24"), tenant: pools) == [
                "§1: error[CV111]: `c` wants a /24, but the tenant has no room for it in its IPv4 pools: add one to `addressPools`"
            ])
        #expect(
            lint(auto("a", "v4: §21"), tenant: pools) == [
                "§1: error[CV111]: `a` wants a /21, but the tenant has no room for it in its IPv4 pools: add one to `addressPools`"
            ])
        #expect(
            lint(auto("a", "v6: §64"), tenant: pools) == [
                "§1: error[CV111]: `a` wants a /64, but the tenant has no IPv6 pool: add one to `addressPools`"
            ])
    }

    @Test(arguments: [
        (0, "§1: warning[CV112]: node `n` has expired and is treated as removed: delete it, or let it expire later"),
        (1, "§1: warning[CV113]: node `n` expires in less than a day"),
        (86400, "§1: warning[CV113]: node `n` expires in 1 day"),
        (14 * 86400, "§1: warning[CV113]: node `n` expires in 14 days"), (14 * 86400 + 1, nil),
    ])
    func nodesThatExpire(seconds: Int64, message: String?) {
        #expect(lint(node("n", "expires: §\(now.adding(seconds: seconds))")) == [message].compactMap(\.self))
    }

    @Test func routesInsideTheNodesNetwork() {
        let inside = "{ prefix: §10.0.0.128/25 }, { prefix: §10.0.0.0/24 }"
        let fine = "{ prefix: 10.0.0.0/8 }, { prefix: 10.2.0.0/16 }"
        #expect(
            lint(
                network("x", "cidrs: [10.0.0.0/24]"), network("y", "cidrs: [10.2.0.0/16]"),
                node("n", "networks: [{ cvlan: x }], routes: [\(inside), \(fine)]")) == [
                    "§1: error[CV114]: the route `10.0.0.128/25` is inside `10.0.0.0/24` of `x`, which the node is in: name the subnet behind the node",
                    "§2: error[CV114]: the route `10.0.0.0/24` is inside `10.0.0.0/24` of `x`, which the node is in: name the subnet behind the node",
                ])
    }

    @Test func groupsThatContainThemselves() {
        let groups = [
            "{ name: §a, members: [{ group: b }] }", "{ name: b, members: [{ any: true, except: [{ group: c }] }] }",
            "{ name: c, members: [{ group: a }, { group: d }] }", "{ name: d, members: [{ any: true }] }",
            "{ name: §e, members: [{ group: e }] }", "{ name: f, members: [{ group: a }] }",
        ]
        #expect(
            lint(tenant: "groups: [\(groups.joined(separator: ", "))]") == [
                "§1: error[CV115]: the group `a` contains itself: a → b → c → a",
                "§2: error[CV115]: the group `e` contains itself: e → e",
            ])
    }

    @Test func groupsThatAreNestedTooDeep() {
        func chain(_ count: Int) -> String {
            let groups = (1..<count).map {
                "{ name: \($0 == count - 32 ? "§" : "")g\($0), members: [{ group: g\($0 + 1) }] }"
            }
            return "groups: [\((groups + ["{ name: g\(count), members: [{ any: true }] }"]).joined(separator: ", "))]"
        }
        #expect(lint(tenant: chain(32)) == [])
        // A walk by recursion would not survive the second.
        for count in [33, 20_000] {
            #expect(
                lint(tenant: chain(count)) == [
                    "§1: error[CV115]: the group `g\(count - 32)` has more than 32 groups inside each other"
                ])
        }
    }
}
