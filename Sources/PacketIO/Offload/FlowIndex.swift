/// Finds the open group of a flow by its addresses and ports: a hash table of fixed size that is emptied in no time.
///
/// Places are never given up one by one, so that a flow which found no room in its few places goes without for as
/// long as the table is not emptied: it is not known at one time and unknown at another, which would put packets out
/// of order.
struct FlowIndex {
    private struct Entry {
        /// The entry is in use when this is the table's own.
        var epoch: UInt32
        var group: Int32
    }

    /// What a look-up may touch at most: colliding flows, found by chance or malice, cost no more.
    private static let probes = 8

    private let entries: UnsafeMutablePointer<Entry>
    private let mask: Int
    private let seed: UInt64
    private var epoch: UInt32 = 1

    /// - Parameters:
    ///   - capacity: how many flows there may be at once.
    ///   - seed: unknown to whoever sends packets.
    init(capacity: Int, seed: UInt64) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        entries = .allocate(capacity: size)
        entries.initialize(repeating: Entry(epoch: 0, group: 0), count: size)
        mask = size - 1
        self.seed = seed
    }

    func deallocate() { entries.deallocate() }

    mutating func removeAll() {
        epoch &+= 1
        guard epoch == 0 else { return }
        entries.update(repeating: Entry(epoch: 0, group: 0), count: mask + 1)
        epoch = 1
    }

    /// The flow's place; `matches` is asked about groups that may be the flow's.
    /// - Returns: its place, and its group or -1 when the place is free; place -1 when there is none.
    @inline(__always)
    func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> (place: Int, group: Int) {
        var place = Int(truncatingIfNeeded: hash) & mask
        for _ in 0..<Self.probes {
            guard entries[place].epoch == epoch else { return (place, -1) }
            let group = Int(entries[place].group)
            if matches(group) { return (place, group) }
            place = (place &+ 1) & mask
        }
        return (-1, -1)
    }

    /// Sets the group at a place that `find` gave.
    @inline(__always)
    func set(_ place: Int, _ group: Int) {
        entries[place] = Entry(epoch: epoch, group: Int32(truncatingIfNeeded: group))
    }

    /// Of addresses, ports and protocol.
    @inline(__always)
    func hash(_ packet: UnsafeRawPointer, _ form: TransportForm, transportStart: Int) -> UInt64 {
        let ports = UInt64(packet.word32(transportStart)) << 8 | UInt64(form.rawValue)
        var value = seed
        if form.isIPv4 {
            value = Self.mix(value ^ packet.word64(IPv4Field.source), ports)
        } else {
            value = Self.mix(value ^ packet.word64(IPv6Field.source), packet.word64(IPv6Field.source + 8))
            value = Self.mix(
                value ^ packet.word64(IPv6Field.source + 16), packet.word64(IPv6Field.source + 24) ^ ports)
        }
        return Self.mix(value, seed)
    }

    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = (a ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: b ^ 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
