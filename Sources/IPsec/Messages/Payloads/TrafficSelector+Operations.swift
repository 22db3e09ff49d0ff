package import Addressing

extension TrafficSelector.Ports {
    /// Whether every packet of `other` is of these ports. The ports that cannot be seen are of `any`.
    package func contains(_ other: TrafficSelector.Ports) -> Bool {
        if self == .any || self == other { return true }
        return !isOpaque && !other.isOpaque && first <= other.first && other.last <= last
    }

    /// `nil` where there are none in common.
    package func intersection(_ other: TrafficSelector.Ports) -> TrafficSelector.Ports? {
        if contains(other) { return other }
        if other.contains(self) { return self }
        let first = max(first, other.first)
        let last = min(last, other.last)
        return first <= last ? TrafficSelector.Ports(first: first, last: last) : nil
    }
}

extension TrafficSelector {
    package var family: IPFamily { first.family }

    /// All addresses of a prefix.
    package init(_ prefix: IPPrefix, proto: UInt8 = 0, ports: Ports = .any) {
        first = prefix.firstAddress
        last = prefix.lastAddress
        self.proto = proto
        self.ports = ports
    }

    /// Every packet of a family.
    package static func everything(_ family: IPFamily) -> TrafficSelector {
        let last = family == .v4 ? UInt128(UInt32.max) : .max
        return TrafficSelector(
            unchecked: IPAddress(family: family, value: 0), IPAddress(family: family, value: last), 0, .any)
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && first.value <= address.value && address.value <= last.value
    }

    /// Whether every packet of `other` is one of these.
    package func contains(_ other: TrafficSelector) -> Bool {
        contains(other.first) && contains(other.last) && (proto == 0 || proto == other.proto)
            && ports.contains(other.ports)
    }

    /// `nil` where no packet is of both.
    package func intersection(_ other: TrafficSelector) -> TrafficSelector? {
        guard family == other.family, proto == 0 || other.proto == 0 || proto == other.proto,
            let ports = ports.intersection(other.ports)
        else { return nil }
        let first = max(first, other.first)
        let last = min(last, other.last)
        guard first <= last else { return nil }
        return TrafficSelector(unchecked: first, last, max(proto, other.proto), ports)
    }

    /// The fewest prefixes that have just these addresses, in order. Protocol and ports do not count.
    package var prefixes: [IPPrefix] {
        var prefixes: [IPPrefix] = []
        var next: IPAddress? = first
        while let start = next, start <= last {
            // As long as the start is aligned for it and the end is not passed.
            let count = last.value - start.value
            let aligned = min(start.value.trailingZeroBitCount, family.bitWidth)
            let fitting = count == .max ? 128 : 127 - (count + 1).leadingZeroBitCount
            guard let prefix = IPPrefix(start, length: family.bitWidth - min(aligned, fitting)) else { break }
            prefixes.append(prefix)
            next = prefix.lastAddress.next
        }
        return prefixes
    }

    /// The caller has checked what `init?` checks.
    private init(unchecked first: IPAddress, _ last: IPAddress, _ proto: UInt8, _ ports: Ports) {
        self.first = first
        self.last = last
        self.proto = proto
        self.ports = ports
    }
}

extension TrafficSelector: CustomStringConvertible {
    /// `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, `10.0.0.0/8[17/53]`.
    package var description: String {
        let prefixes = prefixes
        let addresses = prefixes.count == 1 ? prefixes.map(\.description).joined() : "\(first)-\(last)"
        guard proto != 0 || ports != .any else { return addresses }
        let range =
            switch ports {
            case .any: ""
            case let ports where ports.isOpaque: "/opaque"
            case let ports where ports.first == ports.last: "/\(ports.first)"
            default: "/\(ports.first)-\(ports.last)"
            }
        return "\(addresses)[\(proto)\(range)]"
    }
}
