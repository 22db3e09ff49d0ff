import Manifests
import OverlayNetwork
import Testing

@Suite struct PolicyTestTests {
    private func manifests(_ rules: [Policy.Rule], _ tests: [Policy.Test]) throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24", "fd00::/64")
        try manifests.addNetwork("lab", "10.1.0.0/24")
        try manifests.addNode("db", in: ["office"], labels: ["app": "db"])
        try manifests.addNode("eng", in: ["office"], labels: ["team": "eng"])
        try manifests.addNode("eng2", in: ["office"], labels: ["team": "eng"])
        try manifests.addNode("robot", in: ["lab"])
        manifests.addPolicy("p", rules: rules, tests: tests)
        return manifests
    }

    private func test(
        _ from: Selector, _ to: Selector, _ port: PortMatch?, _ expect: PolicyAction, at span: SourceSpan = .none
    ) -> Policy.Test {
        var test = Policy.Test(from: from, to: to, expect: Located(expect), at: span)
        test.port = port
        return test
    }

    private func failures(_ rules: [Policy.Rule], _ tests: Policy.Test...) throws -> [String] {
        try PolicyTestFailure.all(in: try manifests(rules, tests), at: noon).map(\.description)
    }

    @Test func testsThatHoldSayNothing() throws {
        let rules = [try Policy.Rule.allow(.labels(["team": "eng"]), .node("db"), "tcp/5432")]
        #expect(
            try failures(
                rules, test(.node("eng"), .node("db"), .tcp(5432...5432), .allow),
                test(.node("eng"), .node("db"), .tcp(22...22), .deny), test(.node("db"), .node("eng"), nil, .deny),
                test(.node("robot"), .node("db"), .tcp(5432...5432), .deny)) == [])
    }

    @Test func aFailureSaysWhichRuleDecided() throws {
        let rules = [try Policy.Rule.allow(.any, .any), try .deny(.node("eng2"), .node("db"), "tcp/1-1023")]
        #expect(
            try failures(rules, test(.labels(["team": "eng"]), .node("db"), .tcp(22...22), .allow)) == [
                "policy `p` expects allow, but tcp/22 from eng2 (10.0.0.3) to db (10.0.0.1) in `office` is denied by rule "
                    + "`p/2` at :0:0"
            ])
    }

    @Test func aFailureSaysWhichRuleIsMissing() throws {
        let flow = "tcp/22 from eng (10.0.0.2) to db (10.0.0.1) in `office`"
        let missing = "policy `p` expects allow, but no rule allows \(flow), and by default the tenant denies"
        func failure(_ rules: Policy.Rule...) throws -> String? {
            try failures(rules, test(.node("eng"), .node("db"), .tcp(22...22), .allow)).first
        }
        #expect(try failure() == missing)
        #expect(
            try failure(.allow(.any, .any, "tcp/443"), .allow(.node("eng"), .node("eng2")))
                == "\(missing); nearest: rule `p/1` allows it for tcp/443 only")
        #expect(
            try failure(.allow(.node("eng2"), .node("db")), .allow(.node("eng"), .node("eng2")))
                == "\(missing); nearest: rule `p/2` allows it to `node:eng2` only")
        #expect(
            try failure(.allow(.node("eng2"), .node("db"), "tcp/22"), .deny(.any, .any, "udp/53"))
                == "\(missing); nearest: rule `p/1` allows it from `node:eng2` only")
        #expect(
            try failures([], test(.node("eng"), .node("db"), .tcp(22...22), .deny)) == [])
    }

    @Test func aFailureOfADenySaysWhatAllows() throws {
        let rules = [try Policy.Rule.allow(.any, .any)]
        #expect(
            try failures(rules, test(.node("eng"), .node("db"), .icmp, .deny)) == [
                "policy `p` expects deny, but icmp from eng (10.0.0.2) to db (10.0.0.1) in `office` is allowed by rule "
                    + "`p/1` at :0:0"
            ])
        var open = try manifests([], [test(.node("eng"), .node("db"), nil, .deny)])
        open.tenant.defaults.action = .allow
        #expect(
            try PolicyTestFailure.all(in: open, at: noon).map(\.description) == [
                "policy `p` expects deny, but no rule denies any other protocol from eng (10.0.0.2) to db (10.0.0.1) in "
                    + "`office`, and by default the tenant allows"
            ])
    }

    @Test func testsThatCannotFail() throws {
        func reasons(_ tests: Policy.Test...) throws -> [MatchFailure] {
            try TenantTrial(try manifests([], tests), at: noon).testRun.vacuous.map(\.reason)
        }
        #expect(try reasons(test(.node("eng"), .node("db"), nil, .deny)) == [])
        #expect(try reasons(test(.node("robot"), .node("db"), nil, .deny)) == [.apart])
        #expect(
            try reasons(test(.labels(["team": "sale"]), .node("db"), nil, .deny)) == [.nothing(from: true, to: false)])
        #expect(try reasons(test(.node("db"), .labels(["app": "db"]), nil, .deny)) == [.itself])
        #expect(try reasons(test(.node("robot"), .cidr("fd00::/64"), nil, .deny)) == [.families])
        // Of what must be allowed, nothing is a failure and not a warning.
        #expect(try reasons(test(.node("robot"), .node("db"), nil, .allow)) == [])
    }

    @Test func aFailureKnowsItsPlace() throws {
        let manifests = try manifests([], [test(.node("eng"), .node("db"), nil, .allow, at: line(12))])
        #expect(try PolicyTestFailure.all(in: manifests, at: noon).map(\.span) == [line(12)])
    }

    @Test func everyPairOfNodesMustHold() throws {
        let rules = [try Policy.Rule.allow(.node("eng"), .node("db"))]
        #expect(try failures(rules, test(.labels(["team": "eng"]), .node("db"), nil, .allow)).count == 1)
    }

    @Test func aNodeIsNotAskedToReachItself() throws {
        let rules = [try Policy.Rule.allow(.node("eng"), .node("eng2")), try .allow(.node("eng2"), .node("eng"))]
        #expect(try failures(rules, test(.labels(["team": "eng"]), .labels(["team": "eng"]), nil, .allow)) == [])
        #expect(try failures(rules, test(.labels(["team": "eng"]), .labels(["team": "eng"]), nil, .deny)).count == 1)
    }

    @Test func nodesWithoutACommonNetworkReachNothing() throws {
        let rules = [try Policy.Rule.allow(.any, .any)]
        #expect(try failures(rules, test(.node("robot"), .node("db"), nil, .deny)) == [])
        #expect(
            try failures(rules, test(.node("robot"), .node("db"), nil, .allow)) == [
                "policy `p` expects allow, but `node:robot` and `node:db` share no network"
            ])
    }

    @Test func hostsBehindRoutesAreTestedByPrefix() throws {
        let rules = [try Policy.Rule.allow(.node("eng"), .cidr("10.9.0.0/16")), try .deny(.any, .cidr("10.9.7.0/24"))]
        #expect(try failures(rules, test(.node("eng"), try .cidr("10.9.8.0/24"), nil, .allow)) == [])
        #expect(
            try failures(rules, test(.node("eng"), try .cidr("10.9.0.0/20"), nil, .allow)).first?.contains(
                "to 10.9.7.0 in")
                == true)
    }

    @Test func unknownNamesInTestsAreErrors() throws {
        let manifests = try manifests([], [test(.node("nobody"), .node("db"), nil, .deny)])
        #expect(throws: NetworkErrors.self) { try PolicyTestFailure.all(in: manifests, at: noon) }
    }
}
