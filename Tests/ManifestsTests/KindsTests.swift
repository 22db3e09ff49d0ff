import Addressing
import Manifests
import Testing

/// The four manifests of the documentation are read as it explains them.
struct KindsTests {
    @Test func allFourInOneFile() {
        let file = load(Sample.all)
        #expect(file.problems == [])
        #expect(
            file.resources.map(\.id.description) == [
                "Tenant/acme", "acme/CVLAN/office", "acme/Node/laptop-1", "acme/Policy/database",
            ])
    }

    @Test func tenant() throws {
        guard case .tenant(let tenant) = try #require(load(Sample.tenant).resources.first) else {
            Issue.record("no tenant")
            return
        }
        #expect(tenant.displayName == "Acme Corp")
        #expect(tenant.effectiveDomain == "acme.example")
        #expect(tenant.members.map(\.name) == ["alice"])
        #expect(tenant.members.first?.role == .admin)
        #expect(tenant.approvals == 1)
        #expect(tenant.members.first?.keys.first?.value.comment == "alice@laptop")
        #expect(tenant.groups.first?.members.map(\.description) == ["labels:team=eng", "node:bastion"])
        #expect(tenant.defaults.action == .deny)
        #expect(tenant.addressPools.map(\.description) == ["10.64.0.0/12", "fd64::/32"])
        #expect(tenant.enrollment.tokenKeys.first?.value.publicKey == Array(0..<32))
    }

    @Test func tenantThatAsksForTwoPeople() throws {
        let text = "apiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { name: acme }\nspec: { approvals: 2 }\n"
        guard case .tenant(let tenant) = try #require(load(text).resources.first) else {
            Issue.record("no tenant")
            return
        }
        #expect(tenant.approvals == 2)
        #expect(tenant.$approvals.span.line == 4)
    }

    @Test func network() throws {
        guard case .cvlan(let network) = try #require(load(Sample.cvlan).resources.first),
            case .cidrs(let cidrs) = network.range
        else {
            Issue.record("no network with cidrs")
            return
        }
        #expect(cidrs.map(\.description) == ["10.100.0.0/24", "fd64:100::/64"])
        #expect(network.linkProtocol == .wireguard)
        #expect(network.topology == .mesh)
        #expect(network.mtu == 1420)
        #expect(network.keepalive == .seconds(25))
        #expect(network.reserved.map(\.description) == ["10.100.0.3-10.100.0.7", "10.100.0.200-10.100.0.207"])
        #expect(network.dnsDomain == "office.acme.example")
        #expect(network.dnsRoutes.first?.suffix == "internal")
        #expect(network.dnsRoutes.first?.servers.first?.value == IPAddress("10.1.0.54"))
    }

    @Test func automaticRange() throws {
        let text = Sample.cvlan(spec: "auto: { v4: 24, v6: 64 }")
        guard case .cvlan(let network) = try #require(load(text).resources.first) else {
            Issue.record("no network")
            return
        }
        #expect(network.range == .auto(v4: Located(24), v6: Located(64)))
        #expect(network.linkProtocol == nil)
    }

    @Test func node() throws {
        guard case .node(let node) = try #require(load(Sample.node).resources.first) else {
            Issue.record("no node")
            return
        }
        #expect(node.metadata.labels == ["team": "eng", "os": "linux"])
        #expect(node.role == .client)
        #expect(node.membership(in: "office")?.addresses.map(\.description) == ["10.100.0.10"])
        #expect(node.publicKey?.bytes == Array(0..<32))
        #expect(node.endpoints.map(\.description) == ["203.0.113.7:51820"])
        #expect(node.routes.first?.prefix == IPPrefix("10.1.0.0/24"))
        #expect(node.routes.first?.priority == 100)
        #expect(node.linkProtocol == .ipsec)
        #expect(node.expires == Timestamp("2027-06-30T00:00:00Z"))
    }

    @Test func policy() throws {
        guard case .policy(let policy) = try #require(load(Sample.policy).resources.first) else {
            Issue.record("no policy")
            return
        }
        #expect(policy.cvlan == "office")
        let rule = try #require(policy.rules.first)
        #expect(rule.name == "engineers-to-postgres")
        #expect(rule.action == .allow)
        #expect(rule.from == [Selector(.group("engineering"))])
        #expect(rule.to == [Selector(.labels(["app": "db"]))])
        #expect(rule.ports.map(\.value) == [.tcp(5432...5432), .tcp(8000...8100), .udp(53...53), .icmp])
        #expect(policy.tests.map(\.expect) == [.allow, .deny])
        #expect(policy.tests.map(\.port) == [.tcp(5432...5432), .tcp(22...22)])
        #expect(policy.tests.first?.from == Selector(.node("laptop-1")))
    }

    @Test func fieldsThatAreLeftOutHaveTheirDefaults() {
        let file = load("apiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: acme, name: n }\n")
        #expect(file.resources == [.node(Node(metadata: Metadata(tenant: "acme", name: "n")))])
    }

    @Test func selectorsNest() throws {
        let text = Sample.policy(
            spec: """
                rules:
                  - action: deny
                    from: [{ any: true, except: [{ node: a }, { cidr: 10.0.0.0/8, except: [{ group: g }] }] }]
                    to: [{ any: true }]
                """)
        guard case .policy(let policy) = try #require(load(text).resources.first) else {
            Issue.record("no policy")
            return
        }
        #expect(
            policy.rules.first?.from.map(\.description)
                == ["any except(cidr:10.0.0.0/8 except(group:g) | node:a)"])
    }

    @Test func everyValueKnowsItsPlace() throws {
        guard case .node(let node) = try #require(load(Sample.node).resources.first) else {
            Issue.record("no node")
            return
        }
        #expect(node.metadata.$name.span.description == "test.yaml:3:33")
        #expect(node.metadata.$name.span.length == 8)
        #expect(node.$role.span.description == "test.yaml:5:9")
        #expect(node.networks.first?.addresses.first?.span.description == "test.yaml:8:19")
        #expect(node.$publicKey.span.description == "test.yaml:9:27")
        #expect(node.$publicKey.span.length == 46)
        #expect(node.$expires.span.description == "test.yaml:14:12")
    }

    @Test func columnsCountLettersNotBytes() {
        let file = load(
            "apiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { annotations: { note: \"Zürich 日本 🚀\" }, nam: x }")
        #expect(file.places == [Place(.missingField, 3, 11), Place(.unknownField, 3, 51)])
    }

    @Test func movingALineChangesNothing() {
        #expect(load(Sample.node).resources == load("# a comment\n\n" + Sample.node).resources)
    }
}
