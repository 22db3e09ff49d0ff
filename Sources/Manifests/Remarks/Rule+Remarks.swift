extension Policy.Rule {
    /// What the rule says twice.
    func remarks() -> [ManifestRemark] {
        ManifestRemark.repeated(from) + ManifestRemark.repeated(to) + repeatedPorts()
    }

    /// Sorted, ports lie in those of one that is before them, or in none.
    private func repeatedPorts() -> [ManifestRemark] {
        guard ports.count > 1 else { return [] }
        let sorted = ports.indices.sorted {
            Self.order(ports[$0].value, $0) < Self.order(ports[$1].value, $1)
        }
        var widest = sorted[0]
        return sorted.dropFirst().compactMap { index in
            guard ports[widest].value.contains(ports[index].value) else {
                widest = index
                return nil
            }
            let (outer, inner) = (ports[widest], ports[index])
            let message =
                outer.value == inner.value
                ? "`\(inner)` is here twice" : "`\(inner)` is part of `\(outer)` in the same rule"
            return ManifestRemark(
                .repeatedElement, at: inner.span, message, fixes: Fix.remove(index, from: ports))
        }
    }

    /// By protocol and first port; of those that begin equally, the widest and then the first in the file comes first.
    private static func order(_ port: PortMatch, _ index: Int) -> (Int, Int, Int, Int) {
        let (protocolNumber, ports): (Int, ClosedRange<UInt16>) =
            switch port {
            case .icmp: (1, 0...0)
            case .tcp(let ports): (6, ports)
            case .udp(let ports): (17, ports)
            }
        return (protocolNumber, Int(ports.lowerBound), -Int(ports.upperBound), index)
    }
}

extension PortMatch {
    fileprivate func contains(_ other: PortMatch) -> Bool {
        switch (self, other) {
        case (.icmp, .icmp): true
        case (.tcp(let ports), .tcp(let others)), (.udp(let ports), .udp(let others)):
            ports.lowerBound <= others.lowerBound && others.upperBound <= ports.upperBound
        default: false
        }
    }
}
