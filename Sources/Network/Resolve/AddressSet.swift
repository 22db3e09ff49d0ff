package import Addressing
package import Manifests

/// A set of addresses of both families, kept as sorted, disjoint, merged ranges. Operations cost O(n + m).
package struct AddressSet: Hashable, Sendable {
    private var v4: [Span] = []
    private var v6: [Span] = []

    /// Both ends included.
    struct Span: Hashable, Sendable {
        var first: UInt128
        var last: UInt128
    }

    /// The empty set.
    package init() {}

    package init(_ ranges: some Sequence<AddressRange>) {
        var v4: [Span] = []
        var v6: [Span] = []
        for range in ranges {
            let span = Span(first: range.first.value, last: range.last.value)
            if range.family == .v4 { v4.append(span) } else { v6.append(span) }
        }
        self.v4 = Self.merged(v4)
        self.v6 = Self.merged(v6)
    }

    package init(_ prefixes: some Sequence<IPPrefix>) {
        self.init(prefixes.map(AddressRange.init))
    }

    package init(_ addresses: some Sequence<IPAddress>) {
        self.init(addresses.map(IPPrefix.init(host:)))
    }

    /// Every address there is.
    package static let all = AddressSet(
        [IPAddress(v4: 0), IPAddress(v6: 0)].compactMap { IPPrefix($0, length: 0) })

    package var isEmpty: Bool { v4.isEmpty && v6.isEmpty }

    /// The lowest address; IPv4 sorts first.
    package var first: IPAddress? {
        v4.first.map { IPAddress(family: .v4, value: $0.first) }
            ?? v6.first.map { IPAddress(family: .v6, value: $0.first) }
    }

    package func contains(_ address: IPAddress) -> Bool {
        lastOfRange(around: address) != nil
    }

    /// Where the range that holds `address` ends.
    func lastOfRange(around address: IPAddress) -> IPAddress? {
        let spans = self[address.family]
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].last < address.value { low = middle + 1 } else { high = middle }
        }
        guard low < spans.count, spans[low].first <= address.value else { return nil }
        return IPAddress(family: address.family, value: spans[low].last)
    }

    package func union(_ other: AddressSet) -> AddressSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return combine(other) { Self.merged($0 + $1) }
    }

    /// All at once: one by one would be quadratic.
    package init(union sets: some Sequence<AddressSet>) {
        var v4: [Span] = []
        var v6: [Span] = []
        for set in sets {
            v4 += set.v4
            v6 += set.v6
        }
        self.v4 = Self.merged(v4)
        self.v6 = Self.merged(v6)
    }

    package func intersection(_ other: AddressSet) -> AddressSet {
        combine(other) { a, b in
            var result: [Span] = []
            var (i, j) = (0, 0)
            while i < a.count, j < b.count {
                let first = max(a[i].first, b[j].first)
                let last = min(a[i].last, b[j].last)
                if first <= last { result.append(Span(first: first, last: last)) }
                if a[i].last < b[j].last { i += 1 } else { j += 1 }
            }
            return result
        }
    }

    package func subtracting(_ other: AddressSet) -> AddressSet {
        combine(other) { a, b in
            var result: [Span] = []
            var j = 0
            for span in a {
                var first = span.first
                while j < b.count, b[j].last < first { j += 1 }
                var k = j
                var isUsedUp = false
                while k < b.count, b[k].first <= span.last {
                    if b[k].first > first { result.append(Span(first: first, last: b[k].first - 1)) }
                    guard b[k].last < span.last else {
                        isUsedUp = true
                        break
                    }
                    first = b[k].last + 1
                    k += 1
                }
                if !isUsedUp { result.append(Span(first: first, last: span.last)) }
            }
            return result
        }
    }

    /// Only the addresses of one family.
    package func restricted(to family: IPFamily) -> AddressSet {
        var result = self
        if family == .v4 { result.v6 = [] } else { result.v4 = [] }
        return result
    }

    /// The fewest prefixes that make up the set, sorted.
    package var prefixes: [IPPrefix] {
        v4.flatMap { Self.prefixes(of: $0, .v4) } + v6.flatMap { Self.prefixes(of: $0, .v6) }
    }

    subscript(family: IPFamily) -> [Span] { family == .v4 ? v4 : v6 }

    private func combine(_ other: AddressSet, _ operation: ([Span], [Span]) -> [Span]) -> AddressSet {
        var result = AddressSet()
        result.v4 = operation(v4, other.v4)
        result.v6 = operation(v6, other.v6)
        return result
    }

    private static func merged(_ spans: [Span]) -> [Span] {
        var result: [Span] = []
        for span in spans.sorted(by: { $0.first < $1.first }) {
            if let end = result.indices.last, result[end].last == .max || span.first <= result[end].last + 1 {
                result[end].last = max(result[end].last, span.last)
            } else {
                result.append(span)
            }
        }
        return result
    }

    /// Takes the largest aligned block that begins where the last one ended, until nothing is left.
    private static func prefixes(of span: Span, _ family: IPFamily) -> [IPPrefix] {
        var result: [IPPrefix] = []
        var first = span.first
        while true {
            var bits = min(first.trailingZeroBitCount, family.bitWidth)
            // The block's last address, without overflow for the whole of IPv6.
            func end(_ bits: Int) -> UInt128 { first | (bits == 128 ? .max : (UInt128(1) << UInt128(bits)) - 1) }
            while end(bits) > span.last { bits -= 1 }
            guard let prefix = IPPrefix(IPAddress(family: family, value: first), length: family.bitWidth - bits)
            else { return result }
            result.append(prefix)
            guard end(bits) < span.last else { return result }
            first = end(bits) + 1
        }
    }
}
