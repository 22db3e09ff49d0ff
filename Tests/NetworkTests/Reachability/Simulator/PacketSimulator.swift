import Addressing
import Manifests

/// What happens to a packet that opens a flow, told from the manifests by plain loops: slow, obvious, and without a
/// line of the engine's. Addresses must all be fixed in the manifests.
struct PacketSimulator {
    let cvlan: CVLAN
    private let tenant: Tenant
    private let members: [Node]
    private let policies: [Policy]
    private let cidrs: [IPPrefix]

    struct Owner: Equatable {
        let node: Node
        /// `nil`: the node's own address.
        let route: IPPrefix?
    }

    /// `nil`: there is no such network.
    init?(_ manifests: TenantManifests, _ name: String, at time: Timestamp) {
        guard let cvlan = manifests.cvlans[name] else { return nil }
        self.cvlan = cvlan
        tenant = manifests.tenant
        members = manifests.nodes.values.filter { node in
            let isExpired = node.expires.map { $0 <= time } ?? false
            return !isExpired && node.networks.contains { $0.cvlan == name }
        }
        policies = manifests.policies.values.filter { $0.cvlan == nil || $0.cvlan == name }
        if case .cidrs(let list) = cvlan.range { cidrs = list.map(\.value) } else { cidrs = [] }
    }

    var names: [String] { members.map(\.name) }

    func addresses(of node: String) -> [IPAddress] {
        for member in members where member.name == node {
            for membership in member.networks where membership.cvlan == cvlan.name {
                return membership.addresses.map(\.value)
            }
        }
        return []
    }

    /// Whom packets to an address go to, and from whom packets from it are taken.
    func owner(of address: IPAddress) -> Owner? {
        for member in members where addresses(of: member.name).contains(address) {
            return Owner(node: member, route: nil)
        }
        for cidr in cidrs where cidr.contains(address) { return nil }
        var best: (node: Node, route: Node.SubnetRoute)?
        for member in members {
            for route in member.routes where route.prefix.contains(address) {
                var isOfNetwork = false
                for cidr in cidrs where cidr.contains(route.prefix) { isOfNetwork = true }
                if isOfNetwork { continue }
                guard let other = best else {
                    best = (member, route)
                    continue
                }
                if route.prefix.length != other.route.prefix.length {
                    if route.prefix.length > other.route.prefix.length { best = (member, route) }
                } else if (member.publicKey == nil) != (other.node.publicKey == nil) {
                    if member.publicKey != nil { best = (member, route) }
                } else if route.priority != other.route.priority {
                    if route.priority < other.route.priority { best = (member, route) }
                } else if member.name < other.node.name {
                    best = (member, route)
                }
            }
        }
        return best.map { Owner(node: $0.node, route: $0.route.prefix) }
    }

    func selects(_ selector: Selector, _ address: IPAddress, _ owner: Owner?) -> Bool {
        let node = owner?.route == nil ? owner?.node : nil
        var isSelected = false
        switch selector.term {
        case .any: isSelected = true
        case .cidr(let prefix): isSelected = prefix.contains(address)
        case .node(let name): isSelected = node?.name == name
        case .labels(let labels):
            if let node {
                isSelected = true
                for (key, value) in labels where node.metadata.labels[key] != value { isSelected = false }
            }
        case .group(let name):
            for group in tenant.groups where group.name == name {
                for member in group.members where selects(member, address, owner) { isSelected = true }
            }
        }
        for exception in selector.except where selects(exception, address, owner) { isSelected = false }
        return isSelected
    }

    /// Whether packets get from one owner to another, whatever the filter says.
    func hasWay(_ source: Owner, _ destination: Owner) -> Bool {
        if source.node.name == destination.node.name { return false }
        if cvlan.topology == .mesh { return true }
        var hasGateway = false
        for member in members where member.role == .gateway { hasGateway = true }
        if !hasGateway { return false }
        // Spokes know gateways, what is behind these, and the network's own addresses.
        if source.route != nil, source.node.role != .gateway, destination.node.role != .gateway { return false }
        if destination.route != nil, destination.node.role != .gateway, source.node.role != .gateway { return false }
        return true
    }

    // MARK: Many flows

    /// Services as bits, in the order of a list.
    struct Verdicts {
        let addresses: [IPAddress]
        let owners: [Owner?]
        /// By source, then by destination.
        var open: [[UInt64]]
    }

    /// Tries every address with every other of its family.
    func verdicts(_ addresses: [IPAddress], _ services: [Service]) -> Verdicts {
        let owners = addresses.map(owner)
        var rules: [(isDeny: Bool, from: [Bool], to: [Bool], services: UInt64)] = []
        for policy in policies {
            for rule in policy.rules {
                var bits: UInt64 = 0
                for (index, service) in services.enumerated() where service.matches(rule.ports.map(\.value)) {
                    bits |= 1 << UInt64(index)
                }
                func selected(_ selectors: [Selector]) -> [Bool] {
                    addresses.indices.map { index in
                        for selector in selectors where selects(selector, addresses[index], owners[index]) {
                            return true
                        }
                        return false
                    }
                }
                rules.append((rule.action == .deny, selected(rule.from), selected(rule.to), bits))
            }
        }
        let all = services.count == 64 ? UInt64.max : (1 << UInt64(services.count)) - 1
        var open = Array(repeating: Array(repeating: UInt64(0), count: addresses.count), count: addresses.count)
        for (source, from) in owners.enumerated() {
            guard let from else { continue }
            for (destination, to) in owners.enumerated() {
                guard let to, addresses[source].family == addresses[destination].family, hasWay(from, to) else {
                    continue
                }
                var allowed = tenant.defaults.action == .allow ? all : 0
                var denied: UInt64 = 0
                for rule in rules where rule.from[source] && rule.to[destination] {
                    if rule.isDeny { denied |= rule.services } else { allowed |= rule.services }
                }
                open[source][destination] = allowed & ~denied
            }
        }
        return Verdicts(addresses: addresses, owners: owners, open: open)
    }

    enum Service: Equatable {
        case tcp(Int)
        case udp(Int)
        case icmp
        case gre

        func matches(_ ports: [PortMatch]) -> Bool {
            if ports.isEmpty { return true }
            for port in ports {
                switch (port, self) {
                case (.tcp(let range), .tcp(let number)), (.udp(let range), .udp(let number)):
                    if Int(range.lowerBound) <= number && number <= Int(range.upperBound) { return true }
                case (.icmp, .icmp): return true
                default: continue
                }
            }
            return false
        }
    }
}
