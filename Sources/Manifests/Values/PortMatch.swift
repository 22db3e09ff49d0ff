/// What a flow is aimed at: `tcp/5432`, `tcp/8000-8100`, `udp/53`, `icmp`.
package enum PortMatch: Hashable, Sendable {
    /// Ports 1...65535.
    case tcp(ClosedRange<UInt16>)
    case udp(ClosedRange<UInt16>)
    /// ICMP and ICMPv6, of every type.
    case icmp

    /// The ports, where the protocol has any.
    package var ports: ClosedRange<UInt16>? {
        switch self {
        case .tcp(let ports), .udp(let ports): ports
        case .icmp: nil
        }
    }
}

extension PortMatch: CustomStringConvertible, LosslessStringConvertible {
    package init?(_ text: String) {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            guard text == "icmp" else { return nil }
            self = .icmp
            return
        }
        let ports = text[text.utf8.index(after: slash)...]
        let hyphen = ports.utf8.firstIndex(of: UInt8(ascii: "-"))
        guard let first = Self.port(ports[..<(hyphen ?? ports.endIndex)]),
            let last = hyphen.map({ Self.port(ports[ports.utf8.index(after: $0)...]) }) ?? first, first <= last
        else { return nil }
        switch text[..<slash] {
        case "tcp": self = .tcp(first...last)
        case "udp": self = .udp(first...last)
        default: return nil
        }
    }

    package var description: String {
        switch self {
        case .tcp(let ports): "tcp/\(Self.text(ports))"
        case .udp(let ports): "udp/\(Self.text(ports))"
        case .icmp: "icmp"
        }
    }

    private static func port(_ digits: Substring) -> UInt16? {
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            digits.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return UInt16(digits)
    }

    private static func text(_ ports: ClosedRange<UInt16>) -> String {
        ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound)-\(ports.upperBound)"
    }
}
