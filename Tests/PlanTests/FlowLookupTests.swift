import Foundation
import OverlayNetwork
import Plan
import TestRepository
import Testing

/// What `cvlan why` and `cvlan can` are told of a flow.
struct FlowLookupTests {
    private func lookup(
        _ files: [String: String?] = [:], commit: String = "main"
    ) async throws -> FlowLookup {
        let test = try TestRepository()
        try await test.commit(Offices.files)
        if !files.isEmpty { try await test.commit(files) }
        return try await FlowLookup(test.repository, commit: commit, stateBranch: "cvlan-state", at: now)
    }

    private func explain(_ from: String, _ to: String) async throws -> FlowExplanation {
        try await lookup().answer(from: from, to: to, tenant: nil).explanation
    }

    /// Why there is no answer.
    private func refusal(
        _ from: String, _ to: String, tenant: String? = nil, _ files: [String: String?] = [:]
    ) async throws -> String {
        let lookup = try await lookup(files)
        let error = #expect(throws: PlanError.self) { try lookup.answer(from: from, to: to, tenant: tenant) }
        return error?.description ?? ""
    }

    // MARK: - What decides

    @Test func anAllowOpensAndIsNamedWithItsLine() async throws {
        let flow = try await explain("pc", "server:443/tcp")
        #expect(flow.isOpen && flow.problems.isEmpty && flow.notes.isEmpty)
        let leg = try #require(flow.paths.first?.legs.first)
        #expect(flow.paths.count == 1 && leg.network == "office")
        #expect(leg.rules.map(\.name) == ["web/https"])
        #expect(leg.rules.map(\.span.description) == ["policy.yaml:6:15"])
        #expect(leg.rules.allSatisfy(\.decides) && leg.undecided.isEmpty)
        // Both families are decided alike, and told once.
        #expect(leg.destination.addresses.map(\.description) == ["10.1.0.20", "fd01::20"])
    }

    @Test func aDenyWinsOverAnAllow() async throws {
        let flow = try await explain("pc", "server:80/tcp")
        #expect(!flow.isOpen)
        let leg = try #require(flow.paths.first?.legs.first)
        #expect(leg.rules.map(\.name) == ["web/no-http", "web/https"])
        #expect(leg.rules.map(\.decides) == [true, false])
    }

    @Test func theDefaultDecidesTheRest() async throws {
        let flow = try await explain("pc", "server:22/tcp")
        #expect(!flow.isOpen)
        let leg = try #require(flow.paths.first?.legs.first)
        #expect(leg.rules.isEmpty && leg.undecided.description == "tcp/22")
        #expect(leg.defaultAction == .deny && leg.defaultSpan.description == "tenant.yaml:6:13")
        let open = try await lookup(["tenant.yaml": Offices.files["tenant.yaml"]?.replacing("deny", with: "allow")])
        #expect(try open.answer(from: "pc", to: "server:22/tcp", tenant: nil).explanation.isOpen)
    }

    @Test func aDirectionIsNotItsReverse() async throws {
        #expect(try await !explain("server", "pc:443/tcp").isOpen)
    }

    @Test func withoutAServiceAllIsTold() async throws {
        let flow = try await explain("pc", "server")
        #expect(flow.query.service == nil && flow.services.description == "tcp/443")
    }

    @Test(arguments: [("pc", "[fd01::20]:443/tcp"), ("fd01::10", "server:tcp/443"), ("fd01::10", "[fd01::20]:443/tcp")])
    func addressesOfIPv6AreAsGoodAsNames(from: String, to: String) async throws {
        // Addresses alone do not say whose they are.
        let flow = try await lookup().answer(from: from, to: to, tenant: "acme").explanation
        #expect(flow.isOpen)
        #expect(flow.paths.first?.legs.first?.destination.node == "server")
    }

    // MARK: - Hubs and routes

    @Test func spokesReachEachOtherThroughAGatewayAlone() async throws {
        let flow = try await lookup().answer(from: "rig", to: "arm:icmp", tenant: "acme").explanation
        #expect(flow.isOpen)
        let nodes = try #require(Offices.files["nodes.yaml"])
        let alone = try await lookup([
            "nodes.yaml": nodes.replacing("role: gateway\n  networks: [{ cvlan: lab", with: "networks: [{ cvlan: lab")
        ])
        let closed = try alone.answer(from: "rig", to: "arm:icmp", tenant: "acme").explanation
        #expect(!closed.isOpen)
        guard case .noGateway(let span)? = closed.paths.first?.legs.first?.obstacles.first else {
            Issue.record("\(closed)")
            return
        }
        #expect(span.file.path == "tenant.yaml")
    }

    /// 10.8.5.0/24 of `east` is longer, though its priority is worse; of 10.8.0.0/16 `east` has the better priority.
    @Test(arguments: [("10.8.5.7", "east", "10.8.5.0/24"), ("10.8.6.7", "east", "10.8.0.0/16")])
    func theLongestPrefixLeadsAndThenThePriority(address: String, gateway: String, prefix: String) async throws {
        let flow = try await explain("pc", "\(address):53/udp")
        #expect(flow.isOpen)
        let end = try #require(flow.paths.first?.legs.first?.destination)
        #expect(flow.paths.count == 1 && end.node == gateway && end.route?.prefix.description == prefix)
        #expect(end.route?.span.file.path == "nodes.yaml")
    }

    @Test func anotherPriorityIsAnotherWay() async throws {
        let nodes = try #require(Offices.files["nodes.yaml"])
        let lookup = try await lookup(["nodes.yaml": nodes.replacing("priority: 70", with: "priority: 40")])
        let flow = try lookup.answer(from: "pc", to: "10.8.6.7:53/udp", tenant: nil).explanation
        #expect(flow.isOpen && flow.paths.first?.legs.first?.destination.node == "west")
    }

    @Test func whoIsBehindARouteCanOpenAFlow() async throws {
        let flow = try await explain("10.8.5.7", "server:443/tcp")
        #expect(flow.isOpen && flow.paths.first?.legs.first?.source.node == "east")
        #expect(flow.paths.first?.legs.first?.rules.map(\.name) == ["web/in"])
        #expect(try await !explain("10.8.6.7", "server:443/tcp").isOpen)
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1"])
    func anAddressThatNobodyHasIsSaidSo(address: String) async throws {
        let flow = try await explain(address, "server:443/tcp")
        #expect(!flow.isOpen && flow.paths.isEmpty)
        #expect(flow.problems == [.nobodyHas(.address(try #require(.init(address))))])
    }

    @Test func nodesWithoutANetworkInCommonAreSaidSo() async throws {
        let flow = try await explain("pc", "rig:22/tcp")
        #expect(flow.problems == [.nothingInCommon(["office"], ["lab"])])
    }

    @Test func anExpiredNodeIsSaidSo() async throws {
        let flow = try await explain("pc", "gone:22/tcp")
        guard case .expired("gone", let span)? = flow.problems.first else {
            Issue.record("\(flow)")
            return
        }
        #expect(span.file.path == "nodes.yaml")
    }

    // MARK: - Who is meant

    @Test func nodesInTwoNetworksMeetInBoth() async throws {
        let flow = try await explain("both-a", "both-b:22/tcp")
        #expect(flow.isOpen)
        #expect(flow.paths.flatMap { $0.legs.map(\.network) } == ["lab", "office"])
    }

    @Test func aNameThatIsMisspeltIsRecognised() async throws {
        #expect(try await refusal("pc", "sever:443/tcp", tenant: "acme").hasSuffix("did you mean server?"))
        #expect(try await refusal("pcc", "server:443/tcp", tenant: "acme").hasSuffix("did you mean pc?"))
        #expect(try await refusal("pc", "xyzzy:443/tcp", tenant: "acme") == "tenant acme has no node xyzzy")
        #expect(try await refusal("acne/pc", "server") == "there is no tenant acne: did you mean acme?")
    }

    @Test func aNameThatIsMisspeltIsRecognisedAmongAllTenants() async throws {
        #expect(try await refusal("pc", "sever:443/tcp").hasSuffix("did you mean server?"))
        #expect(try await refusal("xyzzy", "server:443/tcp") == "no tenant has a node xyzzy")
    }

    @Test func namesOfTwoTenantsMustSayWhich() async throws {
        #expect(
            try await refusal("rig", "arm:icmp")
                == "several tenants could be meant, say which with --tenant: acme, other")
        let lookup = try await lookup()
        #expect(try lookup.answer(from: "rig", to: "arm:icmp", tenant: "other").tenant == "other")
        #expect(try lookup.answer(from: "acme/rig", to: "arm:icmp", tenant: nil).tenant == "acme")
        #expect(try lookup.answer(from: "rig", to: "acme/arm:icmp", tenant: nil).tenant == "acme")
        #expect(
            try await refusal("acme/rig", "other/arm:icmp") == "nothing goes from one tenant to another: acme, other")
    }

    @Test(arguments: [
        "server:443", "server:65536/tcp", "server:-1/tcp", "server:tcp", "server:443/sctp", "server:", ":443/tcp",
        "server:443/tcp/x", "[server]:443/tcp", "",
    ])
    func whatIsNoDestinationIsRefusedWithAnExample(destination: String) async throws {
        let text = try await refusal("pc", destination)
        #expect(text.hasPrefix("'\(destination)' is no destination: write ") && text.contains("NODE:443/tcp"))
    }

    @Test func whatCanBeNobodyIsSaidSo() async throws {
        for (from, to) in [("10.0.0.300", "pc:22/tcp"), ("pc", "10.0.0.300:22/tcp"), ("", "pc:22/tcp"), ("PC", "pc")] {
            #expect(try await refusal(from, to).hasSuffix("is neither the name of a node nor an address"))
        }
    }

    // MARK: - Of what state

    @Test func aCommitOrTheWorkingTree() async throws {
        let test = try TestRepository()
        try await test.commit(Offices.files)
        for (path, text) in Offices.files { try test.write(path, text.replacing("tcp/443", with: "tcp/8443")) }
        func isOpen(_ commit: String?, _ port: Int) async throws -> Bool {
            try await FlowLookup(test.repository, commit: commit, stateBranch: "cvlan-state", at: now)
                .answer(from: "pc", to: "server:\(port)/tcp", tenant: nil).explanation.isOpen
        }
        #expect(try await isOpen("main", 443))
        #expect(try await !isOpen("main", 8443))
        #expect(try await !isOpen(nil, 443))
        #expect(try await isOpen(nil, 8443))
        await #expect(throws: PlanError.self) { try await isOpen("mian", 443) }
    }

    @Test func asJSON() async throws {
        let text = JSONExplanation(try await lookup().answer(from: "pc", to: "10.8.5.7:53/udp", tenant: nil)).text
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document["tenant"] as? String == "acme" && document["isOpen"] as? Bool == true)
        #expect(document["service"] as? String == "udp/53" && document["version"] as? Int == 1)
        let paths = try #require(document["paths"] as? [[String: Any]])
        let leg = try #require((paths.first?["legs"] as? [[String: Any]])?.first)
        #expect(leg["network"] as? String == "office")
        let route = try #require((leg["destination"] as? [String: Any])?["route"] as? [String: Any])
        #expect(route["prefix"] as? String == "10.8.5.0/24")
    }
}
