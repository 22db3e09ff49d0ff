package import Addressing

/// Traffic selectors of one side, made ready for packets.
package struct SelectorSet: Sendable {
    private struct Entry: Sendable {
        let first: UInt128
        let last: UInt128
        let family: IPFamily
        /// 0: any.
        let proto: UInt8
        let ports: ClosedRange<UInt16>
        let takesAnyPort: Bool
    }

    private let entries: ContiguousArray<Entry>
    /// Where addresses alone decide: all that is selected, in order, nothing twice.
    private let ranges: ContiguousArray<AddressRange>
    /// Whether addresses alone decide.
    let isByAddress: Bool

    package init(_ selectors: [TrafficSelector]) {
        entries = ContiguousArray(
            selectors.map { selector in
                let ports = selector.ports
                // Of packets whose ports cannot be seen, such selectors take all (RFC 4301 §4.4.1.1).
                let isOpaque = ports.first > ports.last
                let range = isOpaque ? 0...UInt16.max : ports.first...ports.last
                return Entry(
                    first: selector.first.value, last: selector.last.value, family: selector.first.family,
                    proto: selector.proto, ports: range, takesAnyPort: range == 0...UInt16.max)
            })
        isByAddress = entries.allSatisfy { $0.proto == 0 && $0.takesAnyPort }
        ranges = isByAddress ? AddressRange.joined(selectors.map(AddressRange.init)) : []
    }

    /// Prefixes that hold all addresses of the selectors, and only those; `nil` when that takes more than so many.
    func prefixes(atMost limit: Int) -> Set<IPPrefix>? {
        var prefixes: Set<IPPrefix> = []
        for entry in entries {
            let first = IPAddress(family: entry.family, value: entry.first)
            let last = IPAddress(family: entry.family, value: entry.last)
            guard let selector = TrafficSelector(first, last) else { continue }
            prefixes.formUnion(selector.prefixes)
            if prefixes.count > limit { return nil }
        }
        return prefixes
    }

    /// - Parameter port: `nil`: it cannot be seen; then only selectors of any port take the packet.
    @inline(__always)
    package func admits(_ address: UInt128, _ family: IPFamily, proto: UInt8, port: UInt16?) -> Bool {
        if isByAddress { return AddressRange.contains(address, family, in: ranges) }
        for entry in entries {
            guard entry.family == family, entry.first <= address, address <= entry.last else { continue }
            guard entry.proto == 0 || entry.proto == proto else { continue }
            if entry.takesAnyPort { return true }
            if let port, entry.ports.contains(port) { return true }
        }
        return false
    }
}

/// What an SA is for, in one direction: where its packets come from, and where they go (RFC 4301 §4.4.1.1).
package struct SelectorPair: Sendable {
    let source: SelectorSet
    let destination: SelectorSet
    let isByAddress: Bool

    package init(source: [TrafficSelector], destination: [TrafficSelector]) {
        self.source = SelectorSet(source)
        self.destination = SelectorSet(destination)
        isByAddress = self.source.isByAddress && self.destination.isByAddress
    }

    /// Whether an IP packet is what the SA is for; not what is too short to tell.
    package func admits(_ packet: UnsafeRawBufferPointer) -> Bool {
        guard let fields = SelectorFields(packet, wantsPorts: !isByAddress) else { return false }
        return admits(fields)
    }

    @inline(__always)
    func admits(_ fields: SelectorFields) -> Bool {
        source.admits(fields.source, fields.family, proto: fields.proto, port: fields.sourcePort)
            && destination.admits(
                fields.destination, fields.family, proto: fields.proto, port: fields.destinationPort)
    }
}

/// Checks packets in a row, of which most have the addresses of the one before.
package struct SelectorCheck {
    private var last: (family: IPFamily, source: UInt128, destination: UInt128)?

    package init() {}

    /// - Parameter pair: the same for all.
    @inline(__always)
    package mutating func admits(_ packet: UnsafeMutableRawBufferPointer, by pair: SelectorPair) -> Bool {
        guard let fields = SelectorFields(UnsafeRawBufferPointer(packet), wantsPorts: !pair.isByAddress) else {
            return false
        }
        if let last, pair.isByAddress, last.family == fields.family, last.source == fields.source,
            last.destination == fields.destination
        {
            return true
        }
        guard pair.admits(fields) else { return false }
        last = (fields.family, fields.source, fields.destination)
        return true
    }
}
