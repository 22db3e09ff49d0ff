import Addressing
import Manifests
import OverlayNetwork
import TestRandom

/// A tenant under random edits, as a repository sees them over time.
struct RandomTenant {
    private(set) var manifests: TenantManifests
    private var random: SeededRandom
    private var counter = 0

    static let networks = ["alpha", "beta", "gamma"]
    private static let apps = ["web", "db", "cache"]

    init(seed: UInt64, policies: Bool = true) throws {
        random = SeededRandom(seed)
        manifests = try TenantManifests.acme(
            random.chance(1, in: 3) ? .allow : .deny, pools: ["10.64.0.0/16", "fd64::/48"])
        try manifests.addNetwork("alpha", "10.0.0.0/26", "fd01::/64") {
            $0.reserved = [Located(try addressRange("10.0.0.3-10.0.0.7")), Located(try addressRange("10.0.0.32/29"))]
        }
        try manifests.addNetwork("beta", "10.1.0.0/27") { $0.topology = .hub }
        manifests.addAutoNetwork("gamma", v4: 27, v6: 64)
        manifests.tenant.groups = [
            Tenant.Group(name: Located("inner"), members: [.labels(["app": "web"]), .node("n1")]),
            Tenant.Group(name: Located("outer"), members: [.group("inner"), .labels(["app": "db"])]),
        ]
        for _ in 0..<8 { addNode() }
        if policies {
            for number in 0..<3 { try addPolicy("p\(number)") }
        }
    }

    /// One commit's worth: a node comes, goes or changes.
    mutating func edit() {
        let some = manifests.nodes.keys.sorted().randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: addNode()
        case 3: manifests.nodes[some] = nil
        case 4:
            let labels = labels()
            manifests.nodes[some]?.metadata.labels = labels
        case 5:
            let memberships = memberships()
            manifests.nodes[some]?.networks = memberships
        case 6:
            manifests.nodes[some]?.expires = noon.adding(seconds: .random(in: 0...50, using: &random))
        default:
            manifests.nodes[some]?.publicKey =
                random.chance(1, in: 3) ? nil : key(.random(in: 1...9999, using: &random))
        }
    }

    mutating func revert(to earlier: RandomTenant) { manifests = earlier.manifests }

    private mutating func addNode() {
        counter += 1
        var node = Node(metadata: Metadata(tenant: "acme", name: "n\(counter)", labels: labels()))
        node.networks = memberships()
        node.role = random.chance(1, in: 4) ? .gateway : .client
        if random.chance(4, in: 5) { node.publicKey = key(counter) }
        if node.role == .gateway, let prefix = IPPrefix("10.2\(Int.random(in: 0...3, using: &random)).0.0/24") {
            var route = Node.SubnetRoute(prefix: Located(prefix))
            route.priority = Int.random(in: 1...3, using: &random)
            node.routes = [route]
        }
        if random.chance(1, in: 3), let endpoint = NodeEndpoint("203.0.113.\(counter % 250):51820") {
            node.endpoints = [Located(endpoint)]
        }
        manifests.nodes[node.name] = node
    }

    private mutating func labels() -> [String: String] {
        ["app": Self.apps.randomElement(using: &random) ?? "", "odd": "\(counter % 2)"]
    }

    private mutating func memberships() -> [Node.Membership] {
        Self.networks.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)).map { name in
            var fixed: [Located<IPAddress>] = []
            // Sometimes taken, sometimes no host's address: then the commit is refused.
            if random.chance(1, in: 4), name != "gamma" {
                let base: UInt32 = name == "alpha" ? 0x0A00_0000 : 0x0A01_0000
                fixed = [Located(IPAddress(v4: base + UInt32.random(in: 0...31, using: &random)))]
            }
            return Node.Membership(cvlan: Located(name), addresses: fixed)
        }
    }

    // MARK: - Policies

    private mutating func addPolicy(_ name: String) throws {
        let rules = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            var rule = Policy.Rule(
                action: Located(random.chance(1, in: 3) ? .deny : .allow), from: selectors(), to: selectors())
            let ports: [PortMatch] = [.tcp(80...80), .tcp(5000...5010), .udp(53...53), .icmp]
            rule.ports = ports.filter { _ in random.chance(1, in: 3) }.map { Located($0) }
            return rule
        }
        manifests.addPolicy(
            name, cvlan: random.chance(1, in: 2) ? Self.networks.randomElement(using: &random) : nil, rules: rules)
    }

    private mutating func selectors() -> [Selector] {
        (0..<Int.random(in: 1...2, using: &random)).map { _ in selector(depth: 0) }
    }

    /// One selector, for tests of policies.
    mutating func selector() -> Selector { selector(depth: 0) }

    private mutating func selector(depth: Int) -> Selector {
        let prefixes = ["10.0.0.0/29", "10.1.0.0/28", "10.20.0.0/24", "fd01::/126", "0.0.0.0/0"].compactMap(
            IPPrefix.init(_:))
        let term: Selector.Term =
            switch Int.random(in: 0..<6, using: &random) {
            case 0: .node(manifests.nodes.keys.sorted().randomElement(using: &random) ?? "n1")
            case 1: .group(Bool.random(using: &random) ? "inner" : "outer")
            case 2: .labels(["app": Self.apps.randomElement(using: &random) ?? ""])
            case 3: .labels(["odd": "1"])
            case 4: .cidr(prefixes.randomElement(using: &random) ?? prefixes[0])
            default: .any
            }
        let exceptions = depth < 2 && random.chance(1, in: 4) ? [selector(depth: depth + 1)] : []
        return Selector(term, except: exceptions)
    }
}

private struct BadText: Error {}

private func addressRange(_ text: String) throws -> AddressRange {
    guard let range = AddressRange(text) else { throw BadText() }
    return range
}
