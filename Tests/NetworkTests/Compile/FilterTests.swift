import Addressing
import Manifests
import OverlayNetwork
import Testing

@Suite struct FilterTests {
    private func manifests() throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24")
        try manifests.addNetwork("lab", "10.1.0.0/24")
        try manifests.addNode("db", in: ["office"], labels: ["app": "db"])
        try manifests.addNode("eng", in: ["office"], labels: ["team": "eng"])
        try manifests.addNode("eng2", in: ["office"], labels: ["team": "eng"])
        try manifests.addNode("robot", in: ["lab"], labels: ["team": "eng"])
        return manifests
    }

    @Test func rulesAndSetsAreNamedByWhatTheySay() throws {
        var manifests = try manifests()
        var named = try Policy.Rule.allow(.labels(["team": "eng"]), .node("db"), "tcp/5432", "icmp")
        named.name = "engineers"
        manifests.addPolicy("database", rules: [named, try .deny(.any, .cidr("10.9.0.0/16"))])
        let view = try WireView(try manifests.compile(), "db", in: "office")
        #expect(view.rules.map(\.name) == ["database/engineers", "database/2"])
        #expect(view.sets.keys.sorted() == ["any", "cidr:10.9.0.0/16", "labels:team=eng", "node:db"])
        #expect(view.sets["labels:team=eng"]?.map(\.description) == ["10.0.0.2/31"])
        #expect(
            view.rules.first?.ports.map { [$0.protocol, $0.firstPort, $0.lastPort] } == [[6, 5432, 5432], [1, 0, 0]])
    }

    @Test func rulesThatMatchNothingInANetworkAreLeftOut() throws {
        var manifests = try manifests()
        manifests.addPolicy("database", rules: [try .allow(.labels(["team": "eng"]), .node("db"))])
        let compiled = try manifests.compile()
        #expect(try WireView(compiled, "db", in: "office").rules.count == 1)
        let lab = try WireView(compiled, "robot", in: "lab")
        #expect(lab.rules.isEmpty && lab.sets.isEmpty)
    }

    @Test func aPolicyOfOneNetworkSaysNothingInOthers() throws {
        var manifests = try manifests()
        manifests.addPolicy("lab-only", cvlan: "lab", rules: [try .allow(.any, .any)])
        let compiled = try manifests.compile()
        #expect(try WireView(compiled, "db", in: "office").rules.isEmpty)
        #expect(try WireView(compiled, "robot", in: "lab").rules.map(\.name) == ["lab-only/1"])
    }

    @Test func aLabelChangeChangesOneSet() throws {
        var manifests = try manifests()
        manifests.addPolicy(
            "database",
            rules: [try .allow(.labels(["team": "eng"]), .labels(["app": "db"])), try .deny(.any, .node("eng"))])
        let before = try manifests.compile()
        manifests.nodes["eng2"]?.metadata.labels = [:]
        let after = try manifests.compile(after: before.state, height: 2)
        #expect(Set(after.segments.keys).subtracting(before.segments.keys).count == 1)
    }

    @Test func groupsMayHoldGroups() throws {
        var manifests = try manifests()
        manifests.tenant.groups = [
            Tenant.Group(name: Located("all"), members: [.group("eng"), .node("db")]),
            Tenant.Group(name: Located("eng"), members: [Selector(.labels(["team": "eng"]), except: [.node("eng")])]),
        ]
        manifests.addPolicy("p", rules: [try .allow(.group("all"), .any)])
        let view = try WireView(try manifests.compile(), "db", in: "office")
        #expect(view.sets["group:all"]?.map(\.description) == ["10.0.0.1/32", "10.0.0.3/32"])
    }

    @Test func groupsThatHoldThemselvesAreAnError() throws {
        var manifests = try manifests()
        manifests.tenant.groups = [
            Tenant.Group(name: Located("a"), members: [Selector(Located(.group("b"), at: line(1)))]),
            Tenant.Group(name: Located("b"), members: [Selector(Located(.group("a"), at: line(2)))]),
        ]
        manifests.addPolicy("p", cvlan: "lab", rules: [try .allow(.group("a"), .any)])
        #expect(try manifests.errors() == ["2 group-cycle"])
    }

    /// Each group is resolved once, however often it is named: else this takes 2^30 steps.
    @Test func groupsThatNameEachOtherManyTimesAreResolvedOnce() throws {
        var manifests = try manifests()
        manifests.tenant.groups = (0..<30).map {
            Tenant.Group(name: Located("g\($0)"), members: [.group("g\($0 + 1)"), .group("g\($0 + 1)")])
        }
        manifests.tenant.groups.append(Tenant.Group(name: Located("g30"), members: [.node("db")]))
        manifests.addPolicy("p", rules: [try .allow(.group("g0"), .any)])
        #expect(try manifests.errors() == [])
    }

    @Test func groupsNestedWithoutEndAreRefused() throws {
        var manifests = try manifests()
        manifests.tenant.groups = (0..<10_000).map {
            Tenant.Group(name: Located("g\($0)"), members: [.group("g\($0 + 1)")])
        }
        manifests.addPolicy("p", cvlan: "lab", rules: [try .allow(.group("g0"), .any)])
        #expect(try manifests.errors() == ["0 group-cycle"])
    }

    @Test func selectorsOfNobodyAreAnErrorButExpiredNodesAreNot() throws {
        var manifests = try manifests()
        manifests.nodes["db"]?.expires = noon
        manifests.addPolicy("p", cvlan: "office", rules: [try .allow(.any, .node("db"))])
        #expect(try manifests.errors() == [])
        manifests.addPolicy(
            "p", cvlan: "office",
            rules: [
                try .allow(Selector(Located(.node("bd"), at: line(1))), .any),
                try .deny(.any, Selector(.any, except: [Selector(Located(.group("nobody"), at: line(2)))])),
            ])
        #expect(try manifests.errors() == ["1 unknown-reference", "2 unknown-reference"])
    }
}
