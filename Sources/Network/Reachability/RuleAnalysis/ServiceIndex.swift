/// Finds the rules that speak of some services, without a look at each rule: in policies whose rules differ by their
/// ports every question would otherwise cost as much as there are rules.
package struct ServiceIndex: Sendable {
    private enum Port: Hashable {
        case tcp(UInt16)
        case udp(UInt16)
    }

    /// Rules of one protocol, ascending.
    private struct Ports {
        /// Those that have more ports than are listed one by one.
        var wide: [Int] = []
        var all: [Int] = []
    }

    /// As many ports of a rule are listed one by one, and as many rules looked at without the index.
    private static let few = 16

    private let services: [ServiceSet]
    private var rulesOfPort: [Port: [Int]] = [:]
    private var tcp = Ports()
    private var udp = Ports()
    private var icmp: [Int] = []
    private var other: [Int] = []

    /// - Parameter services: by rule.
    package init(_ services: [ServiceSet]) {
        self.services = services
        for (rule, set) in services.enumerated() {
            insert(rule, set.tcp, \.tcp, Port.tcp)
            insert(rule, set.udp, \.udp, Port.udp)
            if set.icmp { icmp.append(rule) }
            if set.other { other.append(rule) }
        }
    }

    private mutating func insert(
        _ rule: Int, _ ports: PortSet, _ kind: WritableKeyPath<ServiceIndex, Ports>, _ key: (UInt16) -> Port
    ) {
        guard !ports.isEmpty else { return }
        self[keyPath: kind].all.append(rule)
        if ports.count > Self.few {
            self[keyPath: kind].wide.append(rule)
        } else {
            for port in ports.ranges.joined() { rulesOfPort[key(port), default: []].append(rule) }
        }
    }

    /// Rules of a mask that speak of any of these services, ascending.
    ///
    /// - Parameter budget: the number of rules that are looked at is taken from it: those of the mask or those that the
    ///   index has for these services, whichever are less.
    package func rules(sharing wanted: ServiceSet, in mask: RuleMask, _ budget: inout Int) -> [Int] {
        let masked = mask.count
        let lists = masked > Self.few ? lists(of: wanted) : []
        let listed = lists.reduce(0) { $0 + $1.count }
        guard masked > Self.few, listed < masked else {
            budget -= masked
            return mask.indices.filter { services[$0].intersects(wanted) }
        }
        budget -= listed
        let found = lists.joined().filter { mask.contains($0) && services[$0].intersects(wanted) }
        // A rule is in as many lists as it shares ports and protocols.
        return lists.count == 1 ? found : Set(found).sorted()
    }

    /// Lists that together have every rule that shares any of these services.
    private func lists(of wanted: ServiceSet) -> [[Int]] {
        lists(of: wanted.tcp, tcp, Port.tcp) + lists(of: wanted.udp, udp, Port.udp)
            + (wanted.icmp ? [icmp] : []) + (wanted.other ? [other] : [])
    }

    private func lists(of wanted: PortSet, _ kind: Ports, _ key: (UInt16) -> Port) -> [[Int]] {
        guard wanted.count <= Self.few else { return [kind.all] }
        let narrow = wanted.ranges.joined().compactMap { rulesOfPort[key($0)] }
        return wanted.isEmpty || kind.wide.isEmpty ? narrow : narrow + [kind.wide]
    }
}
