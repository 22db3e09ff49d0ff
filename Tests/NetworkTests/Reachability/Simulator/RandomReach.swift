import Addressing
import Manifests
import TestRandom
import Testing

/// Two states of a tenant: a random one, and what a few random edits make of it. Every value has a line of its own, and
/// every address is fixed.
struct RandomReach {
    static let cvlan = "net"

    private(set) var base: TenantManifests
    private(set) var head: TenantManifests
    private var random: SeededRandom
    private var nextLine = 1
    private var nextNode = 1

    private static let prefixes = [
        "0.0.0.0/0", "10.0.0.0/8", "10.9.0.0/16", "10.9.7.0/24", "10.9.7.128/25", "10.9.8.0/24", "10.0.0.16/28",
        "10.0.1.0/28", "::/0", "fd09::/32", "fd09:0:7::/48", "fd00::40/122",
    ]
    private static let cidrs = [
        "10.0.0.0/27", "10.0.0.32/28", "10.9.0.0/20", "10.9.7.64/26", "10.9.7.200/32", "10.8.0.0/15", "0.0.0.0/1",
        "fd00::/123", "fd09::/33", "fd09:0:7:1::/64", "8000::/1", "10.0.1.0/28",
    ]
    private static let ports = [
        "tcp/22", "tcp/80", "tcp/80-90", "tcp/1-1023", "tcp/1024-65535", "tcp/1-65535", "udp/53", "udp/50-60",
        "udp/1-65535", "icmp",
    ]
    /// The edges of those.
    static let services: [PacketSimulator.Service] =
        [0, 1, 21, 22, 23, 79, 80, 81, 90, 91, 1023, 1024, 65535].map { .tcp($0) }
        + [0, 1, 49, 50, 52, 53, 54, 60, 61, 65535].map { .udp($0) } + [.icmp, .gre]

    init(seed: UInt64) throws {
        random = SeededRandom(seed)
        base = TenantManifests(tenant: Tenant(metadata: Metadata(tenant: "acme", name: "acme")))
        head = base
        let first = try draw()
        var second = first
        for _ in 0..<Int.random(in: 1...3, using: &random) { try edit(&second) }
        // Things go as often as they come.
        (base, head) = random.chance(1, in: 2) ? (first, second) : (second, first)
    }

    private mutating func draw() throws -> TenantManifests {
        var state = base
        state.tenant.defaults.$action = Located(random.chance(1, in: 3) ? .allow : .deny, at: line())
        try addNetwork(&state)
        for name in ["g0", "g1"] { state.tenant.groups.append(group(name)) }
        for _ in 0..<Int.random(in: 2...7, using: &random) { try addNode(&state) }
        for name in ["p0", "p1"] {
            var policy = Policy(metadata: Metadata(tenant: Located("acme"), name: Located(name, at: line())))
            policy.rules = try (0..<Int.random(in: 0...3, using: &random)).map { _ in try rule() }
            state.policies[name] = policy
        }
        return state
    }

    /// What all those prefixes and cidrs begin and end with, their neighbours, and all nodes' addresses.
    func samples() -> [IPAddress] {
        var samples: Set<IPAddress> = []
        for text in Self.prefixes + Self.cidrs {
            guard let prefix = IPPrefix(text) else { continue }
            let (first, last) = (prefix.firstAddress, prefix.lastAddress)
            samples.formUnion([first, last])
            if first.value > 0 { samples.insert(IPAddress(family: first.family, value: first.value - 1)) }
            if let next = last.next { samples.insert(next) }
        }
        for manifests in [base, head] {
            for node in manifests.nodes.values {
                samples.formUnion(node.networks.flatMap { $0.addresses.map(\.value) })
            }
        }
        return samples.sorted()
    }

    // MARK: Edits

    private mutating func edit(_ state: inout TenantManifests) throws {
        let name = state.nodes.keys.sorted().randomElement(using: &random) ?? ""
        let policy = random.chance(1, in: 2) ? "p0" : "p1"
        switch Int.random(in: 0..<20, using: &random) {
        case 0: try addNode(&state)
        case 1: state.nodes[name] = nil
        case 2:
            let labels = labels()
            state.nodes[name]?.metadata.labels = labels
            state.nodes[name]?.metadata.$name.span = line()
        case 3:
            let role = Located(role(), at: line())
            state.nodes[name]?.$role = role
        case 4:
            let isKeyless = state.nodes[name]?.publicKey == nil
            state.nodes[name]?.$publicKey = Located(isKeyless ? key(nextLine) : nil, at: line())
        case 5:
            let isExpired = state.nodes[name]?.expires.map { $0 <= noon } ?? false
            state.nodes[name]?.$expires = Located(isExpired ? nil : noon, at: line())
        case 6:
            let routes = try routes()
            state.nodes[name]?.routes = routes
        case 7:
            guard let count = state.nodes[name]?.routes.count, count > 0 else { return }
            let priority = Located(Int.random(in: 1...3, using: &random), at: line())
            state.nodes[name]?.routes[Int.random(in: 0..<count, using: &random)].$priority = priority
        case 8:
            guard state.cvlans[Self.cvlan] != nil else { return }
            let membership = try membership(in: state)
            state.nodes[name]?.networks = [membership]
        case 9: state.nodes[name]?.networks = []
        case 10:
            let index = Int.random(in: 0...1, using: &random)
            state.tenant.groups[index] = group(state.tenant.groups[index].name)
        case 11, 12:
            let rule = try rule()
            state.policies[policy]?.rules.append(rule)
        case 13:
            guard let count = state.policies[policy]?.rules.count, count > 0 else { return }
            state.policies[policy]?.rules.remove(at: Int.random(in: 0..<count, using: &random))
        case 14, 15:
            guard let count = state.policies[policy]?.rules.count, count > 0 else { return }
            var changed = try rule()
            let index = Int.random(in: 0..<count, using: &random)
            guard let old = state.policies[policy]?.rules[index] else { return }
            // Some of the rule stays.
            if random.chance(1, in: 2) { changed.$name = old.$name }
            if random.chance(1, in: 2) { changed.from = old.from }
            if random.chance(1, in: 2) { changed.to = old.to }
            if random.chance(1, in: 2) { changed.ports = old.ports }
            state.policies[policy]?.rules[index] = changed
        case 16:
            let scope = Located(random.chance(1, in: 2) ? Self.cvlan : "elsewhere", at: line())
            state.policies[policy]?.$cvlan = Located(scope.value, at: scope.span)
        case 17:
            let action: PolicyAction = state.tenant.defaults.action == .allow ? .deny : .allow
            state.tenant.defaults.$action = Located(action, at: line())
        case 18:
            let topology: Topology = state.cvlans[Self.cvlan]?.topology == .hub ? .mesh : .hub
            state.cvlans[Self.cvlan]?.$topology = Located(topology, at: line())
        default:
            if random.chance(1, in: 2) {
                guard case .cidrs(let cidrs)? = state.cvlans[Self.cvlan]?.range else { return }
                let second = Located(try prefix("10.0.1.0/28"), at: line())
                let first = cidrs[0].map { $0 }
                state.cvlans[Self.cvlan]?.range = .cidrs(
                    cidrs.count == 2 ? [Located(first.value, at: line()), cidrs[1], second] : Array(cidrs.prefix(2)))
            } else {
                state.cvlans[Self.cvlan] = nil
                for name in state.nodes.keys { state.nodes[name]?.networks = [] }
            }
        }
    }

    // MARK: Parts

    private mutating func line() -> SourceSpan {
        nextLine += 1
        return SourceSpan(file: testFile, line: nextLine, column: 1, length: 1)
    }

    private mutating func addNetwork(_ state: inout TenantManifests) throws {
        var cvlan = CVLAN(
            metadata: Metadata(tenant: Located("acme"), name: Located(Self.cvlan, at: line())),
            range: .cidrs([
                Located(try prefix("10.0.0.0/26"), at: line()), Located(try prefix("fd00::/120"), at: line()),
            ]))
        cvlan.$topology = Located(random.chance(1, in: 3) ? .hub : .mesh, at: line())
        state.cvlans[Self.cvlan] = cvlan
    }

    private mutating func addNode(_ state: inout TenantManifests) throws {
        let name = "n\(nextNode)"
        nextNode += 1
        var node = Node(
            metadata: Metadata(tenant: Located("acme"), name: Located(name, at: line()), labels: labels()))
        node.$role = Located(role(), at: line())
        node.$publicKey = Located(random.chance(1, in: 4) ? nil : key(nextNode), at: line())
        if random.chance(1, in: 10) { node.$expires = Located(noon, at: line()) }
        if random.chance(1, in: 2) { node.routes = try routes() }
        if state.cvlans[Self.cvlan] != nil, random.chance(9, in: 10) { node.networks = [try membership(in: state)] }
        state.nodes[name] = node
    }

    private mutating func membership(in state: TenantManifests) throws -> Node.Membership {
        let taken = Set(state.nodes.values.flatMap { $0.networks.flatMap { $0.addresses.map(\.value) } })
        var addresses: [IPAddress] = []
        func draw(_ base: String, _ hosts: ClosedRange<UInt128>) throws {
            let start = try address(base)
            while true {
                let drawn = IPAddress(family: start.family, value: start.value + .random(in: hosts, using: &random))
                if !taken.contains(drawn), !addresses.contains(drawn) {
                    addresses.append(drawn)
                    return
                }
            }
        }
        try draw("10.0.0.0", 1...62)
        // Two of one family, at times.
        if random.chance(1, in: 5) { try draw("10.0.0.0", 1...62) }
        try draw("fd00::", 1...250)
        return Node.Membership(
            cvlan: Located(Self.cvlan, at: line()), addresses: addresses.map { Located($0, at: line()) })
    }

    private mutating func role() -> NodeRole {
        [.client, .client, .gateway, .external].randomElement(using: &random) ?? .client
    }

    private mutating func labels() -> [String: String] {
        var labels: [String: String] = [:]
        if random.chance(2, in: 3) { labels["app"] = random.chance(1, in: 2) ? "web" : "db" }
        if random.chance(1, in: 3) { labels["team"] = "eng" }
        return labels
    }

    private mutating func routes() throws -> [Node.SubnetRoute] {
        try Self.prefixes.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)).map { text in
            var route = Node.SubnetRoute(prefix: Located(try prefix(text), at: line()))
            route.$priority = Located(Int.random(in: 1...2, using: &random), at: line())
            return route
        }
    }

    private mutating func group(_ name: String) -> Tenant.Group {
        let members = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            // No cycles: the second may name the first.
            name == "g1" && random.chance(1, in: 4) ? Selector.group("g0") : selector(withGroups: false)
        }
        return Tenant.Group(name: Located(name, at: line()), members: members)
    }

    private mutating func rule() throws -> Policy.Rule {
        var rule = Policy.Rule(
            action: Located(random.chance(1, in: 3) ? .deny : .allow, at: line()), from: selectors(), to: selectors())
        if random.chance(1, in: 2) { rule.$name = Located("r\(nextLine)", at: line()) }
        rule.ports = try Self.ports.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random)).map {
            Located(try #require(PortMatch($0)), at: line())
        }
        return rule
    }

    private mutating func selectors() -> [Selector] {
        (0..<Int.random(in: 1...2, using: &random)).map { _ in selector(withGroups: true) }
    }

    private mutating func selector(withGroups: Bool, depth: Int = 0) -> Selector {
        let term: Selector.Term =
            switch Int.random(in: 0..<(withGroups ? 7 : 5), using: &random) {
            case 0: .any
            case 1: .labels(["app": random.chance(1, in: 2) ? "web" : "db"])
            case 2: .labels(["team": "eng"])
            case 3, 4:
                Self.cidrs.randomElement(using: &random).flatMap { IPPrefix($0) }.map(Selector.Term.cidr) ?? .any
            default: .group(random.chance(1, in: 2) ? "g0" : "g1")
            }
        guard depth == 0, random.chance(1, in: 4) else { return Selector(Located(term, at: line())) }
        return Selector(
            Located(term, at: line()), except: [selector(withGroups: withGroups, depth: 1)])
    }
}
