/// A set of ports 0...65535, kept as sorted, disjoint, merged ranges. Operations cost O(n + m).
package struct PortSet: Hashable, Sendable {
    package private(set) var ranges: [ClosedRange<UInt16>]

    /// The empty set.
    package init() {
        ranges = []
    }

    package init(_ ranges: some Sequence<ClosedRange<UInt16>>) {
        self.ranges = Self.merged(ranges.sorted { $0.lowerBound < $1.lowerBound })
    }

    package static let all = PortSet([0...UInt16.max])

    package var isEmpty: Bool { ranges.isEmpty }

    package var count: Int { ranges.reduce(0) { $0 + $1.count } }

    package var isAll: Bool { ranges == [0...UInt16.max] }

    package func contains(_ port: UInt16) -> Bool {
        ranges.contains { $0.contains(port) }
    }

    package func union(_ other: PortSet) -> PortSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return PortSet(ranges + other.ranges)
    }

    package func intersection(_ other: PortSet) -> PortSet {
        var result = PortSet()
        var (i, j) = (0, 0)
        while i < ranges.count, j < other.ranges.count {
            let (a, b) = (ranges[i], other.ranges[j])
            let first = max(a.lowerBound, b.lowerBound)
            let last = min(a.upperBound, b.upperBound)
            if first <= last { result.ranges.append(first...last) }
            if a.upperBound < b.upperBound { i += 1 } else { j += 1 }
        }
        return result
    }

    package func subtracting(_ other: PortSet) -> PortSet {
        intersection(other.complement)
    }

    package func isSubset(of other: PortSet) -> Bool {
        var candidate = 0
        return ranges.allSatisfy { range in
            while candidate < other.ranges.count, other.ranges[candidate].upperBound < range.lowerBound {
                candidate += 1
            }
            // Merged as they are, one alone has to hold all of it.
            guard candidate < other.ranges.count else { return false }
            return other.ranges[candidate].lowerBound <= range.lowerBound
                && range.upperBound <= other.ranges[candidate].upperBound
        }
    }

    package func intersects(_ other: PortSet) -> Bool {
        var (i, j) = (0, 0)
        while i < ranges.count, j < other.ranges.count {
            let (a, b) = (ranges[i], other.ranges[j])
            if a.overlaps(b) { return true }
            if a.upperBound < b.upperBound { i += 1 } else { j += 1 }
        }
        return false
    }

    package var complement: PortSet {
        var result = PortSet()
        var next = 0
        for range in ranges {
            if Int(range.lowerBound) > next { result.ranges.append(UInt16(next)...range.lowerBound - 1) }
            next = Int(range.upperBound) + 1
        }
        if next <= Int(UInt16.max) { result.ranges.append(UInt16(next)...UInt16.max) }
        return result
    }

    static func text(_ range: ClosedRange<UInt16>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }

    /// - Parameter sorted: by lower bound.
    private static func merged(_ sorted: [ClosedRange<UInt16>]) -> [ClosedRange<UInt16>] {
        var result: [ClosedRange<UInt16>] = []
        for range in sorted {
            if let last = result.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
