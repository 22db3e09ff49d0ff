package import Manifests

/// An exact set of services: TCP and UDP ports 0...65535, ICMP (with ICMPv6), and all other IP protocols, which rules
/// cannot tell apart.
package struct ServiceSet: Hashable, Sendable {
    /// Destination ports.
    package private(set) var tcp = PortSet()
    package private(set) var udp = PortSet()
    package private(set) var icmp = false
    /// Every other IP protocol.
    package private(set) var other = false

    /// The empty set.
    package init() {}

    package init(tcp: PortSet = PortSet(), udp: PortSet = PortSet(), icmp: Bool = false, other: Bool = false) {
        self.tcp = tcp
        self.udp = udp
        self.icmp = icmp
        self.other = other
    }

    package static let everything = ServiceSet(tcp: .all, udp: .all, icmp: true, other: true)

    /// What a rule with these ports speaks of; none: everything.
    package init(_ matches: some Collection<PortMatch>) {
        guard !matches.isEmpty else {
            self = .everything
            return
        }
        tcp = PortSet(matches.compactMap { if case .tcp(let ports) = $0 { ports } else { nil } })
        udp = PortSet(matches.compactMap { if case .udp(let ports) = $0 { ports } else { nil } })
        icmp = matches.contains(.icmp)
    }

    package init(_ service: Flow.Service) {
        switch service {
        case .tcp(let port): tcp = PortSet([port...port])
        case .udp(let port): udp = PortSet([port...port])
        case .icmp: icmp = true
        case .other: other = true
        }
    }

    package var isEmpty: Bool { tcp.isEmpty && udp.isEmpty && !icmp && !other }

    /// Whether this is `everything`.
    package var isAll: Bool { icmp && other && tcp.isAll && udp.isAll }

    package func contains(_ service: Flow.Service) -> Bool {
        switch service {
        case .tcp(let port): tcp.contains(port)
        case .udp(let port): udp.contains(port)
        case .icmp: icmp
        case .other: other
        }
    }

    /// One service of the set: the lowest TCP port if there is one, then UDP, ICMP, other.
    package var first: Flow.Service? {
        if let port = tcp.ranges.first?.lowerBound { return .tcp(port) }
        if let port = udp.ranges.first?.lowerBound { return .udp(port) }
        if icmp { return .icmp }
        return other ? .other : nil
    }
}

// MARK: - Algebra

extension ServiceSet {
    package func union(_ other: ServiceSet) -> ServiceSet {
        ServiceSet(
            tcp: tcp.union(other.tcp), udp: udp.union(other.udp), icmp: icmp || other.icmp,
            other: self.other || other.other)
    }

    package func intersection(_ other: ServiceSet) -> ServiceSet {
        ServiceSet(
            tcp: tcp.intersection(other.tcp), udp: udp.intersection(other.udp), icmp: icmp && other.icmp,
            other: self.other && other.other)
    }

    package func subtracting(_ other: ServiceSet) -> ServiceSet {
        ServiceSet(
            tcp: tcp.subtracting(other.tcp), udp: udp.subtracting(other.udp), icmp: icmp && !other.icmp,
            other: self.other && !other.other)
    }

    package func isSubset(of other: ServiceSet) -> Bool {
        tcp.isSubset(of: other.tcp) && udp.isSubset(of: other.udp) && (!icmp || other.icmp)
            && (!self.other || other.other)
    }

    package func intersects(_ other: ServiceSet) -> Bool {
        icmp && other.icmp || self.other && other.other || tcp.intersects(other.tcp) || udp.intersects(other.udp)
    }
}

// MARK: - Text

extension ServiceSet: CustomStringConvertible {
    /// The canonical text: `tcp/443, udp/53, icmp`, `everything`, `everything but tcp/22`, `nothing`. As rules name ports
    /// 1...65535 of TCP and UDP, ICMP, or everything, a set with other protocols is told by what it lacks.
    package var description: String {
        if isEmpty { return "nothing" }
        if isAll { return "everything" }
        if other {
            let lacking = ServiceSet.everything.subtracting(self)
            return "everything but \(lacking)"
        }
        var parts = Self.text("tcp", tcp) + Self.text("udp", udp)
        if icmp { parts.append("icmp") }
        return parts.joined(separator: ", ")
    }

    private static func text(_ name: String, _ ports: PortSet) -> [String] {
        ports.isAll ? [name] : ports.ranges.map { "\(name)/\(PortSet.text($0))" }
    }
}
