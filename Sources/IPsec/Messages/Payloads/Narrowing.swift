extension [TrafficSelector] {
    /// How many selectors the format has room for.
    package static let maximumCount = 255

    /// What a responder answers with when a peer asks for these selectors and `policy` is what it may have (RFC 7296 §2.9):
    /// the common part; empty where there is none (TS_UNACCEPTABLE). A selector that another one covers is left out.
    package func narrowed(to policy: [TrafficSelector]) -> [TrafficSelector] {
        var narrowed: [TrafficSelector] = []
        for asked in self {
            for allowed in policy {
                guard let common = asked.intersection(allowed), !narrowed.contains(where: { $0.contains(common) })
                else { continue }
                narrowed.removeAll { common.contains($0) }
                guard narrowed.count < Self.maximumCount else { return narrowed }
                narrowed.append(common)
            }
        }
        return narrowed
    }

    /// The same packets by fewer selectors: of one protocol and the same ports, ranges that touch become one.
    package func merged() -> [TrafficSelector] {
        var merged: [TrafficSelector] = []
        let sorted = self.sorted {
            ($0.family, $0.proto, $0.ports.first, $0.ports.last) < ($1.family, $1.proto, $1.ports.first, $1.ports.last)
                || ($0.family, $0.proto, $0.ports) == ($1.family, $1.proto, $1.ports) && $0.first < $1.first
        }
        for selector in sorted {
            if let last = merged.last,
                (last.family, last.proto, last.ports)
                    == (selector.family, selector.proto, selector.ports),
                last.last.next.map({ selector.first <= $0 }) ?? true,
                let joined = TrafficSelector(
                    last.first, Swift.max(last.last, selector.last), proto: last.proto, ports: last.ports)
            {
                merged[merged.count - 1] = joined
            } else {
                merged.append(selector)
            }
        }
        return merged
    }

    /// Whether these can be the answer to what was asked: there are some, each within one of what was asked for.
    package func isNarrowing(of asked: [TrafficSelector]) -> Bool {
        !isEmpty && allSatisfy { selector in asked.contains { $0.contains(selector) } }
    }
}
