internal import Addressing

/// Datagrams whose first fragment has passed: their other fragments pass too, for a while.
///
/// Four places for each hash value; the oldest gives way. What is not remembered is dropped, so a flood of fragments
/// costs other fragments at most.
struct FragmentTable: ~Copyable {
    private static let ways = 4
    /// Linux gives up reassembly after as many seconds.
    private static let timeout: UInt32 = 30

    private struct Entry {
        var source: UInt128 = 0
        var destination: UInt128 = 0
        var id: UInt32 = 0
        /// 0: free.
        var family: UInt8 = 0
        var protocolNumber: UInt8 = 0
        /// Of the first fragment's payload.
        var end: UInt16 = 0
        var seen: UInt32 = 0
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let entryCount: Int
    private let hash: KeyedHash

    init(sets: Int, hashKey: (UInt64, UInt64)) {
        entryCount = sets * Self.ways
        entries = .allocate(capacity: entryCount)
        entries.initialize(repeating: Entry(), count: entryCount)
        hash = KeyedHash(hashKey)
    }

    deinit {
        entries.deallocate()
    }

    func remember(_ header: PacketHeader, now: UInt32) {
        let first = firstWay(header)
        var victim = first
        var end = UInt16(clamping: header.fragmentEnd)
        for index in first..<first + Self.ways {
            if isSame(entries[index], header), !isFree(entries[index], now) {
                victim = index
                // A second, shorter first fragment must not open the way into what the former covers.
                end = max(end, entries[index].end)
                break
            }
            if isFree(entries[victim], now) { continue }
            if isFree(entries[index], now) || entries[index].seen < entries[victim].seen { victim = index }
        }
        entries[victim] = Entry(
            source: header.source, destination: header.destination, id: header.fragmentID,
            family: header.family.rawValue, protocolNumber: header.protocolNumber, end: end,
            seen: now)
    }

    /// Whether a later fragment belongs to a first one that has passed, and begins behind it: one that overlaps could put
    /// other ports in the place of those that were judged.
    func admits(_ header: PacketHeader, now: UInt32) -> Bool {
        let first = firstWay(header)
        return (first..<first + Self.ways).contains {
            isSame(entries[$0], header) && !isFree(entries[$0], now) && header.fragmentOffset >= Int(entries[$0].end)
        }
    }

    private func isSame(_ entry: Entry, _ header: PacketHeader) -> Bool {
        // RFC 8200 §4.5: of IPv6 only the first fragment's Next Header counts.
        entry.id == header.fragmentID && entry.family == header.family.rawValue && entry.source == header.source
            && entry.destination == header.destination
            && (header.family == .v6 || entry.protocolNumber == header.protocolNumber)
    }

    private func isFree(_ entry: Entry, _ now: UInt32) -> Bool {
        entry.family == 0 || (now > entry.seen && now - entry.seen >= Self.timeout)
    }

    private func firstWay(_ header: PacketHeader) -> Int {
        let hash = hash.of(
            header.source, header.destination, UInt64(header.fragmentID), isV4: header.family == .v4)
        return Int(hash % UInt64(entryCount / Self.ways)) * Self.ways
    }
}
