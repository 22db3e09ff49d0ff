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

    /// Whether these can be the answer to what was asked: there are some, each within one of what was asked for.
    package func isNarrowing(of asked: [TrafficSelector]) -> Bool {
        !isEmpty && allSatisfy { selector in asked.contains { $0.contains(selector) } }
    }
}
