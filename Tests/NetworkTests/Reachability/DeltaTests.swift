import Addressing
import Manifests
import OverlayNetwork
import Testing

/// What a reviewer reads of a change.
@Suite struct DeltaTests {
    /// Two engineers, a database, a printer; a gateway to 10.9.0.0/16.
    private func office(_ action: PolicyAction = .deny) throws -> TenantManifests {
        var manifests = try TenantManifests.acme(action)
        try manifests.addNetwork("office", "10.0.0.0/24", "fd00::/64")
        try manifests.addNode("ann", in: ["office"], labels: ["team": "eng"], at: line(1))
        try manifests.addNode("ben", in: ["office"], labels: ["team": "eng"], at: line(2))
        try manifests.addNode("db", in: ["office"], labels: ["app": "db"], at: line(3))
        try manifests.addNode("printer", in: ["office"], at: line(4))
        try manifests.addNode("gw", in: ["office"], at: line(5)) {
            $0.role = .gateway
            $0.routes = [Node.SubnetRoute(prefix: Located(try prefix("10.9.0.0/16"), at: line(50)))]
        }
        manifests.tenant.groups = [
            Tenant.Group(name: Located("engineering", at: line(10)), members: [.labels(["team": "eng"])])
        ]
        manifests.addPolicy("p", rules: [rule("eng", try .allow(.group("engineering"), .node("db"), "tcp/5432"), 20)])
        return manifests
    }

    private func rule(_ name: String, _ rule: Policy.Rule, _ number: Int) -> Policy.Rule {
        var rule = rule
        rule.$name = Located(name, at: line(number))
        return rule
    }

    private func expect(
        _ base: TenantManifests?, _ head: TenantManifests?, _ expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let delta = ReachabilityDelta(
            from: try ReachSide.resolving("office", in: base), to: try ReachSide.resolving("office", in: head))
        let lines = delta.opened.map { "+ " + text($0) } + delta.closed.map { "- " + text($0) }
        #expect(lines == expected, sourceLocation: sourceLocation)
    }

    private func text(_ box: FlowBox) -> String {
        let causes = box.causes.map { "\($0)@\($0.side == .head ? "" : "base:")\($0.span.line)" }
        return "\(box) [\(box.nodePairs)] because \(causes.joined(separator: "; "))"
    }

    @Test func nothingChangesNothing() throws {
        try expect(office(), office(), [])
    }

    @Test func aNewRuleOpensWhatItSays() throws {
        var head = try office()
        head.policies["p"]?.rules.append(rule("print", try .allow(.any, .node("printer"), "tcp/631", "udp/5353"), 22))
        try expect(
            office(), head,
            [
                "+ any → printer: tcp/631, udp/5353 [4] because rule p/print added@22"
            ])
        try expect(
            head, office(),
            [
                "- any → printer: tcp/631, udp/5353 [4] because rule p/print removed@base:22"
            ])
    }

    @Test func onlyWhatWasNotOpenBeforeIsTold() throws {
        var head = try office()
        head.policies["p"]?.rules.append(rule("all", try .allow(.group("engineering"), .any, "tcp/5000-6000"), 22))
        try expect(
            office(), head,
            [
                "+ group:engineering → ann, ben, gw, printer, 10.9.0.0/16 via gw: tcp/5000-6000 [6] "
                    + "because rule p/all added@22",
                "+ group:engineering → db: tcp/5000-5431, tcp/5433-6000 [2] because rule p/all added@22",
            ])
    }

    @Test func aNewNodeBringsItsFlows() throws {
        var head = try office()
        try head.addNode("cid", in: ["office"], labels: ["team": "eng"], at: line(6))
        try expect(office(), head, ["+ cid → db: tcp/5432 [1] because node cid added@6"])
    }

    @Test func aLabelIsTheCause() throws {
        var head = try office()
        head.nodes["printer"]?.metadata.labels = ["team": "eng"]
        try expect(
            office(), head,
            [
                "+ printer → db: tcp/5432 [1] because labels of node printer changed@4"
            ])
    }

    @Test func aGroupIsTheCause() throws {
        var head = try office()
        head.tenant.groups[0].members = [.node("ann"), .node("printer")]
        head.tenant.groups[0].$name.span = line(11)
        try expect(
            office(), head,
            [
                "+ printer → db: tcp/5432 [1] because group engineering changed@11",
                "- ben → db: tcp/5432 [1] because group engineering changed@11",
            ])
    }

    @Test func aRouteOpensWhatIsBehindIt() throws {
        var base = try office()
        base.policies["p"]?.rules.append(rule("lan", try .allow(.node("ann"), .cidr("10.8.0.0/15"), "tcp/22"), 22))
        var head = base
        head.nodes["gw"]?.routes.append(Node.SubnetRoute(prefix: Located(try prefix("10.8.7.0/24"), at: line(51))))
        try expect(
            base, head,
            [
                "+ ann → 10.8.7.0/24 via gw: tcp/22 [0] because route 10.8.7.0/24 of node gw added@51"
            ])
    }

    @Test func aRouteThatMovesIsToldToItsCarriersAlone() throws {
        var base = try office(.allow)
        base.policies = [:]
        try base.addNode("gw2", in: ["office"], at: line(6)) {
            $0.role = .gateway
            $0.routes = [Node.SubnetRoute(prefix: Located(try prefix("10.9.0.0/16"), at: line(60)))]
        }
        var head = base
        head.nodes["gw2"]?.routes[0].$priority = Located(1, at: line(61))
        try expect(
            base, head,
            [
                "+ gw → 10.9.0.0/16 via gw2: everything [0] because route 10.9.0.0/16 of node gw2 changed@61",
                "+ 10.9.0.0/16 via gw2 → gw: everything [0] because route 10.9.0.0/16 of node gw2 changed@61",
                "- gw2 → 10.9.0.0/16 via gw: everything [0] because route 10.9.0.0/16 of node gw2 changed@61",
                "- 10.9.0.0/16 via gw → gw2: everything [0] because route 10.9.0.0/16 of node gw2 changed@61",
            ])
    }

    @Test func renumberingIsNoChange() throws {
        var head = try office()
        head.nodes["db"]?.networks[0].addresses = [Located(try address("10.0.0.77"), at: line(7))]
        try expect(office(), head, [])
    }

    @Test func renumberingIsACauseWhereRulesSpeakOfAddresses() throws {
        var base = try office()
        base.policies["p"]?.rules = [rule("low", try .allow(.any, .cidr("10.0.0.64/26"), "icmp"), 22)]
        var head = base
        head.nodes["db"]?.networks[0].addresses = [Located(try address("10.0.0.77"), at: line(7))]
        try expect(
            base, head,
            [
                "+ any → cidr:10.0.0.64/26: icmp (IPv4) [4] because node db moved from 10.0.0.3, fd00::3 to 10.0.0.77, "
                    + "fd00::3@7"
            ])
    }

    @Test func anExpiredNodeIsGone() throws {
        var head = try office()
        head.nodes["ann"]?.$expires = Located(noon, at: line(8))
        try expect(office(), head, ["- ann → db: tcp/5432 [1] because node ann has expired@8"])
    }

    @Test func aNewNetworkIsOneCause() throws {
        var head = try office()
        head.cvlans["office"]?.metadata.$name.span = line(30)
        try expect(
            TenantManifests.acme(), head,
            [
                "+ group:engineering → db: tcp/5432 [2] because rule p/eng added@20; network office added@30"
            ])
    }

    @Test func aHubWithoutAGatewayIsClosed() throws {
        var head = try office()
        head.cvlans["office"]?.$topology = Located(.hub, at: line(31))
        try expect(office(), head, [])
        head.nodes["gw"]?.$role = Located(.client, at: line(32))
        try expect(
            office(), head,
            [
                "- group:engineering → db: tcp/5432 [2] because topology of network office changed@31"
            ])
    }

    @Test func aDefaultIsACause() throws {
        var head = try office(.allow)
        head.tenant.defaults.$action.span = line(33)
        try expect(
            office(), head,
            [
                "+ group:engineering → ann, ben, gw, printer, 10.9.0.0/16 via gw: everything [6] "
                    + "because the tenant's default action changed@33",
                "+ group:engineering → db: everything but tcp/5432 [2] because the tenant's default action changed@33",
                "+ db, gw, printer, 10.9.0.0/16 via gw → any: everything [12] "
                    + "because the tenant's default action changed@33",
            ])
    }

    @Test func causesThatActTogetherAreAllTold() throws {
        var base = try office()
        base.policies["p"]?.rules.append(rule("no", try .deny(.any, .node("printer")), 23))
        var head = try office()
        head.policies["p"]?.rules.append(rule("print", try .allow(.node("ann"), .node("printer"), "tcp/631"), 22))
        try expect(
            base, head,
            [
                "+ ann → printer: tcp/631 [1] because rule p/print added@22; rule p/no removed@base:23"
            ])
    }
}

extension ReachSide {
    static func resolving(_ cvlan: String, in manifests: TenantManifests?, at time: Timestamp = noon) throws
        -> ReachSide
    {
        guard let manifests else { return ReachSide(without: nil) }
        let tenant = try TenantInForce(manifests, at: time)
        guard let network = try NetworkReach.resolving(cvlan, in: tenant) else { return ReachSide(without: tenant) }
        return ReachSide(network)
    }
}

extension NetworkReach {
    static func resolving(_ cvlan: String, in tenant: TenantInForce) throws -> NetworkReach? {
        guard let manifest = tenant.cvlans.first(where: { $0.name == cvlan }) else { return nil }
        let plan = try CIDRPlan(tenant, previous: nil)
        return try NetworkReach(
            try ResolvedNetwork(manifest, in: tenant, cidrs: plan.cidrs[cvlan] ?? [], previous: nil), in: tenant)
    }
}
