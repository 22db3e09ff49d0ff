/// How many flows each origin has opened, so that one peer cannot fill the table and keep the others from opening any.
///
/// As long as the table is less than half full everyone may open flows; then only who has less than an eighth of it.
/// Origins are counted in a fixed number of buckets: two that share one share its share.
struct OriginShares: ~Copyable {
    private static let bucketCount = 1_024
    private let counts: UnsafeMutablePointer<UInt32>
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        counts = .allocate(capacity: Self.bucketCount)
        counts.initialize(repeating: 0, count: Self.bucketCount)
    }

    deinit {
        counts.deallocate()
    }

    static func bucket(_ origin: PacketOrigin) -> UInt16 {
        switch origin {
        case .local: 0
        case .peer(let number): UInt16(truncatingIfNeeded: 1 + number % UInt32(bucketCount - 1))
        }
    }

    func admits(_ origin: UInt16, total: Int) -> Bool {
        origin == 0 || total < capacity / 2 || counts[Int(origin)] < capacity / 8
    }

    func add(_ origin: UInt16) {
        counts[Int(origin)] += 1
    }

    func remove(_ origin: UInt16) {
        counts[Int(origin)] -= 1
    }
}

/// Where a packet came from, as far as somebody vouches for it.
@frozen
package enum PacketOrigin: Hashable, Sendable {
    /// This machine, or a network behind it.
    case local
    /// A peer, by a number that stays its own.
    case peer(UInt32)
}
