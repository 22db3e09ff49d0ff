/// For a protocol and a port the first of some rules: a binary search, however many rules there are.
///
/// Protocol and port are one number, the protocol in the high bits. The boundaries of all rules' ports cut these numbers into
/// ranges; within a range, the first rule is the same.
struct PortRules: Sendable {
    private static let none = UInt32.max

    /// The first number of each range, ascending, and the range's first rule.
    private var starts: [UInt32] = []
    private var rules: [UInt32] = []
    /// The first rule that asks for no port.
    private var anyPort = none

    /// A rule's ports; `last` is within.
    private struct Span {
        let first: UInt32
        let last: UInt32
        let rule: UInt32
    }

    /// - Parameter rules: the numbers of rules, ascending, with their ports.
    init(_ rules: some Sequence<(number: UInt32, ports: [FilterPolicy.PortMatch])>) {
        var spans: [Span] = []
        for (number, ports) in rules {
            // What comes later decides nothing that this has not decided.
            guard !ports.isEmpty else {
                anyPort = number
                break
            }
            for match in ports {
                let range = match.ports ?? 0...UInt16.max
                spans.append(
                    Span(
                        first: Self.key(match.protocolNumber, range.lowerBound),
                        last: Self.key(match.protocolNumber, range.upperBound), rule: number))
            }
        }
        guard !spans.isEmpty else { return }
        starts = Set(spans.flatMap { [$0.first, $0.last + 1] }).sorted()
        self.rules = Array(repeating: Self.none, count: starts.count)
        paint(spans)
    }

    /// Gives each range the first rule that holds it. `skip` leads past ranges that have theirs, so that none is met twice.
    private mutating func paint(_ spans: [Span]) {
        var skip = Array(0...starts.count)
        func unpainted(_ index: Int) -> Int {
            var end = index
            while skip[end] != end { end = skip[end] }
            var step = index
            while step != end {
                let next = skip[step]
                skip[step] = end
                step = next
            }
            return end
        }
        for span in spans {
            var index = unpainted(Self.lastIndex(in: starts, notAfter: span.first))
            while index < starts.count, starts[index] <= span.last {
                rules[index] = span.rule
                skip[index] = index + 1
                index = unpainted(index)
            }
        }
    }

    func first(_ protocolNumber: UInt8, _ port: UInt16) -> UInt32? {
        let key = Self.key(protocolNumber, port)
        var found = anyPort
        if let first = starts.first, first <= key {
            found = min(found, rules[Self.lastIndex(in: starts, notAfter: key)])
        }
        return found == Self.none ? nil : found
    }

    private static func key(_ protocolNumber: UInt8, _ port: UInt16) -> UInt32 {
        UInt32(protocolNumber) << 16 | UInt32(port)
    }

    /// The last that is not greater; the first where all are.
    private static func lastIndex(in starts: [UInt32], notAfter key: UInt32) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= key { low = middle } else { high = middle }
        }
        return low
    }
}
