import Addressing
import Manifests
import OverlayNetwork
import Testing

@Suite struct ExplanationTests {
    /// Two networks that `gw` joins; `lab` is a hub.
    private func sites(_ edit: (inout TenantManifests) throws -> Void = { _ in }) throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        manifests.tenant.defaults.$action.span = line(1)
        try manifests.addNetwork("office", "10.0.0.0/24", "fd00::/64")
        try manifests.addNetwork("lab", "10.1.0.0/24") { $0.$topology = Located(.hub, at: line(2)) }
        try manifests.addNode("ann", in: ["office"], labels: ["team": "eng"], fixed: ["10.0.0.10"], at: line(10))
        try manifests.addNode("db", in: ["office"], fixed: ["10.0.0.20"], at: line(11))
        try manifests.addNode("robot", in: ["lab"], fixed: ["10.1.0.30"], at: line(12))
        try manifests.addNode("gw", in: ["office", "lab"], fixed: ["10.0.0.1"], at: line(13)) {
            $0.$role = Located(.gateway, at: line(14))
            $0.routes = [
                Node.SubnetRoute(prefix: Located(try prefix("10.1.0.0/24"), at: line(15))),
                Node.SubnetRoute(prefix: Located(try prefix("10.0.0.0/24"), at: line(16))),
            ]
        }
        var office = Policy(metadata: Metadata(tenant: "acme", name: "p"))
        office.rules = [
            try named("sql", .allow(.labels(["team": "eng"]), .node("db"), "tcp/5432"), 20),
            try named("robots", .allow(.node("ann"), .cidr("10.1.0.0/24"), "tcp/1-1023"), 21),
            try named("in", .allow(.cidr("10.0.0.0/24"), .node("robot"), "tcp/22", "icmp"), 22),
        ]
        manifests.policies["p"] = office
        try edit(&manifests)
        return manifests
    }

    private func named(_ name: String, _ rule: Policy.Rule, _ number: Int) throws -> Policy.Rule {
        var rule = rule
        rule.$name = Located(name, at: line(number))
        return rule
    }

    private func explain(_ manifests: TenantManifests, _ from: String, _ to: String) throws -> FlowExplanation {
        let query = try #require(FlowQuery(from: from, to: to))
        let tenant = try TenantInForce(manifests, at: noon)
        let networks = try FlowExplanation.networks(for: query, in: tenant).compactMap {
            try NetworkReach.resolving($0, in: tenant)
        }
        return FlowExplanation(query, in: tenant, networks)
    }

    private func text(_ from: String, _ to: String, _ edit: (inout TenantManifests) throws -> Void = { _ in }) throws
        -> [Substring]
    {
        try explain(try sites(edit), from, to).description.split(separator: "\n")
    }

    @Test func theRuleThatAllowsIsNamed() throws {
        #expect(
            try text("ann", "db:5432/tcp") == [
                "ann → db tcp/5432: open",
                "  in office, ann (10.0.0.10, fd00::1) → db (10.0.0.20, fd00::2): tcp/5432",
                "    test.yaml:20:1: rule p/sql allows tcp/5432",
            ])
    }

    @Test func whereNoRuleMatchesTheDefaultDecides() throws {
        let lines = try text("db", "ann:tcp/22")
        #expect(
            lines == [
                "db → ann tcp/22: closed",
                "  in office, db (10.0.0.20, fd00::2) → ann (10.0.0.10, fd00::1): nothing",
                "    test.yaml:1:1: no rule matches, the tenant's default denies",
            ])
    }

    @Test func deniesComeFirstAndWin() throws {
        let lines = try text("ann", "db") {
            $0.policies["p"]?.rules.append(try named("no", .deny(.any, .node("db"), "tcp/5000-6000"), 23))
        }
        #expect(
            lines.suffix(3) == [
                "    test.yaml:23:1: rule p/no denies tcp/5000-6000",
                "    test.yaml:20:1: rule p/sql allows tcp/5432, in vain",
                "    test.yaml:1:1: no rule matches the rest, the tenant's default denies",
            ])
    }

    @Test func withoutAPortAllServicesAreTold() throws {
        #expect(try explain(try sites(), "ann", "db").services.description == "tcp/5432")
        #expect(try explain(try sites(), "db", "ann").isOpen == false)
    }

    @Test func aGatewayInBothNetworksJoinsThem() throws {
        #expect(
            try text("ann", "robot:22/tcp") == [
                "ann → robot tcp/22: open",
                "  leg 1: in office, ann (10.0.0.10) → 10.1.0.30 (behind gw, route 10.1.0.0/24 at test.yaml:15:1): tcp/22",
                "    test.yaml:21:1: rule p/robots allows tcp/22",
                "  leg 2: in lab, 10.0.0.10 (behind gw, route 10.0.0.0/24 at test.yaml:16:1) → robot (10.1.0.30): tcp/22",
                "    test.yaml:22:1: rule p/in allows tcp/22",
            ])
        // The first lets ports through that the second does not, and the other way round.
        #expect(try explain(try sites(), "ann", "robot").services.description == "tcp/22")
        #expect(try explain(try sites(), "10.0.0.10", "10.1.0.30:22/tcp").isOpen)
    }

    @Test func withoutARouteBackNothingArrives() throws {
        let lines = try text("ann", "robot:22/tcp") { $0.nodes["gw"]?.routes.removeLast() }
        #expect(lines.first == "ann → robot tcp/22: closed")
        #expect(lines.last == "    test.yaml:13:1: node gw has no route for 10.0.0.10, so nothing leads back")
    }

    @Test func whatIsMissingIsNamed() throws {
        func last(_ from: String, _ to: String, _ edit: (inout TenantManifests) throws -> Void = { _ in }) throws
            -> Substring?
        {
            try text(from, to, edit).last
        }
        #expect(try last("ann", "nobody") == "there is no node nobody")
        #expect(try last("ann", "192.0.2.7:80/tcp") == "no node has 192.0.2.7, and no route leads to it")
        #expect(
            try last("ann", "robot") { $0.nodes["gw"]?.routes = [] }
                == "no network in common: one end is in office, the other in lab, and no gateway's routes join them")
        #expect(
            try last("ann", "db") { $0.nodes["db"]?.$expires = Located(noon, at: line(17)) }
                == "test.yaml:17:1: node db has expired")
        #expect(
            try last("ann", "db") { $0.nodes["db"]?.networks = [] } == "test.yaml:11:1: node db is in no network")
        #expect(try last("ann", "ann") == "    both ends are of node ann")
        #expect(
            try last("gw", "robot:22/tcp") { $0.nodes["gw"]?.$role = Located(.client, at: line(18)) }
                == "    test.yaml:2:1: a hub network needs a gateway, and there is none")
    }

    @Test func whoHasNotEnrolledIsNoted() throws {
        let lines = try text("ann", "db:5432/tcp") { $0.nodes["db"]?.publicKey = nil }
        #expect(lines.first == "ann → db tcp/5432: open")
        #expect(lines.last == "test.yaml:11:1: node db has not enrolled yet")
    }

    @Test func behindASpokeOnlyGatewaysReach() throws {
        func edit(_ manifests: inout TenantManifests) throws {
            manifests.tenant.defaults.action = .allow
            manifests.nodes["robot"]?.routes = [Node.SubnetRoute(prefix: Located(try prefix("10.7.0.0/24")))]
            try manifests.addNode("arm", in: ["lab"], at: line(19))
        }
        #expect(try explain(try sites(edit), "gw", "10.7.0.1").isOpen)
        #expect(try !explain(try sites(edit), "arm", "10.7.0.1").isOpen)
        #expect(try explain(try sites(edit), "arm", "robot").isOpen)
    }

    @Test(arguments: [
        ("db:5432/tcp", "db", Flow.Service.tcp(5432)), ("db:tcp/5432", "db", .tcp(5432)), ("db:icmp", "db", .icmp),
        ("10.0.0.1:53/udp", "10.0.0.1", .udp(53)), ("[fd00::1]:443/tcp", "fd00::1", .tcp(443)),
    ]) func queriesAreAsPeopleWriteThem(text: String, end: String, service: Flow.Service) throws {
        let query = try #require(FlowQuery(from: "ann", to: text))
        #expect(query.destination.description == end && query.service == service)
    }

    @Test func aDestinationAloneAsksForEverything() throws {
        #expect(
            FlowQuery(from: "ann", to: "fd00::1") == FlowQuery(from: .node("ann"), to: .address(try address("fd00::1")))
        )
        #expect(FlowQuery(from: "ann", to: "db")?.service == nil)
        #expect(
            ["db:", "db:22", "db:tcp/x", "db:70000/tcp", ":22/tcp", "", "[db]:22/tcp"].allSatisfy {
                FlowQuery(from: "ann", to: $0) == nil
            })
    }
}
