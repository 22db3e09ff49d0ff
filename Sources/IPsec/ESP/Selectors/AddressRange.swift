internal import Addressing

/// Addresses of one family from a first to a last.
struct AddressRange: Sendable {
    let family: IPFamily
    let first: UInt128
    private(set) var last: UInt128

    init(_ selector: TrafficSelector) {
        family = selector.first.family
        first = selector.first.value
        last = selector.last.value
    }

    /// The same addresses in ranges that are in order and do not touch.
    static func joined(_ ranges: [AddressRange]) -> ContiguousArray<AddressRange> {
        var joined: ContiguousArray<AddressRange> = []
        for range in ranges.sorted(by: { !$1.isBefore(or: $0.family, $0.first) }) {
            guard let before = joined.last, before.family == range.family,
                before.last == .max || range.first <= before.last + 1
            else {
                joined.append(range)
                continue
            }
            joined[joined.count - 1].last = max(before.last, range.last)
        }
        return joined
    }

    /// Whether it begins at an address or before it.
    @inline(__always)
    private func isBefore(or family: IPFamily, _ address: UInt128) -> Bool {
        self.family == family ? first <= address : self.family == .v4
    }

    /// Whether one of the ranges, which `joined` made, has the address: the last that begins before it.
    @inline(__always)
    static func contains(_ address: UInt128, _ family: IPFamily, in ranges: ContiguousArray<AddressRange>) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].isBefore(or: family, address) { low = middle + 1 } else { high = middle }
        }
        return low > 0 && ranges[low - 1].family == family && address <= ranges[low - 1].last
    }
}
