internal import PacketIO

/// Which of the numbers from 0 on have arrived, and in what order.
struct Arrivals {
    private var words: [UInt64] = []
    private var first: MonotonicTime?
    private(set) var last = MonotonicTime.now
    private var next: UInt64 = 0
    private var received = 0
    private var reordered = 0
    private var duplicates = 0

    /// More than any run sends: what is above is no number of ours.
    private static let most: UInt64 = 1 << 32

    mutating func note(_ number: UInt64, at time: MonotonicTime) {
        guard number < Self.most else { return }
        if first == nil { first = time }
        last = time
        let word = Int(number / 64)
        let bit: UInt64 = 1 << (number % 64)
        if word >= words.count { words += repeatElement(0, count: word + 1 - words.count) }
        guard words[word] & bit == 0 else {
            duplicates += 1
            return
        }
        words[word] |= bit
        received += 1
        if number < next { reordered += 1 }
        next = max(next, number + 1)
    }

    /// `total` is how many were sent; without it, those after the last that arrived are not known to be lost.
    func report(total: UInt64?) {
        let seconds = Double(last.nanoseconds(since: first ?? last)) / 1e9
        printReport([
            "received": Double(received), "lost": Double(max(total ?? next, UInt64(received))) - Double(received),
            "reordered": Double(reordered), "duplicates": Double(duplicates), "seconds": seconds,
            "rate": seconds > 0 ? Double(received) / seconds : 0, "complete": total == nil ? 0 : 1,
        ])
    }
}
