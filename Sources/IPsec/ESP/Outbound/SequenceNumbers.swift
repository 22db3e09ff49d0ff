internal import Synchronization

/// The sequence numbers of an outbound SA: from 1, each given once, never starting again (RFC 4303 §3.3.3). Any thread may call.
struct SequenceNumbers: ~Copyable, Sendable {
    /// One past the last that there is.
    let end: UInt64
    private let next: Atomic<UInt64>

    /// - Parameter first: the number to begin with.
    init(isExtended: Bool, first: UInt64 = 1) {
        end = isExtended ? .max : 1 << 32
        next = Atomic(first)
    }

    /// Numbers that nobody else gets; `nil` when there are not as many left.
    @inline(__always)
    func take(_ count: Int) -> Range<UInt64>? {
        var first = next.load(ordering: .relaxed)
        while true {
            // In this order nothing overflows.
            guard first < end, UInt64(count) <= end - first else { return nil }
            let (taken, current) = next.weakCompareExchange(
                expected: first, desired: first + UInt64(count), ordering: .relaxed)
            if taken { return first..<first + UInt64(count) }
            first = current
        }
    }

    /// How many have been given.
    var taken: UInt64 { next.load(ordering: .relaxed) - 1 }
}
