internal import Addressing

extension CVLAN {
    /// The least that IPv6 needs (RFC 8200 §5), and the most that an interface of `cvland` takes.
    static let mtus = 1280...65_520
    /// As in WireGuard: what a 16-bit number of seconds can say.
    static let keepalives = Duration.seconds(1)...Duration.seconds(65_535)

    /// Prefix lengths that leave room for nodes.
    static let autoLengths = (v4: 8...30, v6: 16...126)

    func validate(_ problems: inout ProblemCollector) {
        switch range {
        case .cidrs(let cidrs): validate(cidrs, &problems)
        case .auto(let v4, let v6): validate(v4: v4, v6: v6, &problems)
        }
        if let mtu, !Self.mtus.contains(mtu) {
            problems.report(
                .badValue, at: $mtu.span,
                "`mtu` must be from \(Self.mtus.lowerBound) to \(Self.mtus.upperBound), not \(mtu)")
        }
        if let keepalive, !Self.keepalives.contains(keepalive) {
            problems.report(.badTime, at: $keepalive.span, "`keepalive` must be from 1s to 65535s")
        }
        for route in dnsRoutes where route.servers.isEmpty {
            problems.report(.badValue, at: route.$suffix.span, "the route for `\(route.suffix)` has no `servers`")
        }
        problems.requireUnique(dnsRoutes, \.$suffix, "the suffix")
        guard problems.requireAtMost(1024, reserved, "reserved") else { return }
        for range in reserved { validate(reserved: range, &problems) }
    }

    private func validate(_ cidrs: [Located<IPPrefix>], _ problems: inout ProblemCollector) {
        if cidrs.isEmpty {
            problems.report(.badValue, at: metadata.$name.span, "`cidrs` is empty: a network needs at least one")
        }
        guard problems.requireAtMost(16, cidrs, "cidrs") else { return }
        for (index, cidr) in cidrs.enumerated() {
            problems.requireNetwork(cidr, "cidrs")
            problems.requireUnicast(cidr, "cidrs")
            if let other = cidrs[..<index].first(where: { $0.value.overlaps(cidr.value) }) {
                problems.report(.badValue, at: cidr.span, "`\(cidr)` overlaps `\(other)` of the same network")
            }
        }
    }

    private func validate(v4: Located<Int>?, v6: Located<Int>?, _ problems: inout ProblemCollector) {
        if v4 == nil, v6 == nil {
            problems.report(.badValue, at: metadata.$name.span, "`auto` must have `v4`, `v6` or both")
        }
        for (length, name, lengths) in [(v4, "v4", Self.autoLengths.v4), (v6, "v6", Self.autoLengths.v6)] {
            guard let length, !lengths.contains(length.value) else { continue }
            problems.report(
                .badValue, at: length.span,
                "`\(name)` must be a prefix length from \(lengths.lowerBound) to \(lengths.upperBound), not \(length)")
        }
    }

    /// With `auto` the network's addresses are not known here.
    private func validate(reserved range: Located<AddressRange>, _ problems: inout ProblemCollector) {
        guard case .cidrs(let cidrs) = self.range else { return }
        let isInside = cidrs.contains { $0.value.contains(range.value.first) && $0.value.contains(range.value.last) }
        guard !isInside else { return }
        problems.report(.badAddress, at: range.span, "`reserved`: `\(range)` is not inside this network")
    }
}
