package import Addressing
internal import Glibc

/// Datagrams that are sent together. Datagrams of one size to one receiver that lie one behind the other in memory go to
/// the kernel as one piece (UDP GSO), up to 64 of them.
///
/// Belongs to one thread. It holds addresses of memory, not the memory: that must stay until they are sent.
package final class DatagramQueue {
    /// What the kernel takes in one piece: UDP_MAX_SEGMENTS, and the longest datagram with room to spare for its headers.
    private static let maximumSegments = 64
    private static let maximumBytes = 65_000
    package static let capacity = 256

    /// Datagrams to one receiver.
    struct Entry {
        let start: UnsafeMutableRawPointer
        /// Bytes of all.
        var count: Int
        /// Of each but the last, which may be shorter.
        let segmentSize: Int
        var segments = 1
        let remote: Endpoint
        /// `nil`: the kernel chooses.
        var local: LocalAddress?
        /// The caller's name for the receiver.
        let tag: UInt64
        var outcome = SendOutcome.notSent

        @inline(__always)
        func canBeFollowed(by next: UnsafeMutableRawPointer, count nextCount: Int, tag nextTag: UInt64) -> Bool {
            tag == nextTag && start + count == next && count == segments * segmentSize && nextCount <= segmentSize
                && segments < maximumSegments && count + nextCount <= maximumBytes
        }
    }

    private(set) var entries: ContiguousArray<Entry> = []
    let headers = SendHeaders(capacity: DatagramQueue.capacity)

    package init() {
        entries.reserveCapacity(Self.capacity)
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var isFull: Bool { entries.count >= Self.capacity }

    /// Adds a datagram. The queue must not be full, the datagram not empty.
    ///
    /// - Parameter tag: datagrams with the same tag have the same receiver and local address.
    package func append(
        _ start: UnsafeMutableRawPointer, count: Int, to remote: Endpoint, from local: LocalAddress?, tag: UInt64
    ) {
        precondition(count > 0, "an empty datagram")
        let last = entries.count - 1
        if last >= 0, entries[last].canBeFollowed(by: start, count: count, tag: tag) {
            entries[last].count += count
            entries[last].segments += 1
            return
        }
        precondition(!isFull)
        entries.append(
            Entry(start: start, count: count, segmentSize: count, remote: remote, local: local, tag: tag))
    }

    func setOutcome(_ outcome: SendOutcome, of index: Int) {
        entries[index].outcome = outcome
    }

    /// Local addresses that were found to be no longer this machine's, each once. Their datagrams have not left: after this
    /// call, sending the queue again sends these alone, from whatever address the kernel chooses.
    package func giveUpSources() -> [LocalAddress] {
        var gone: [LocalAddress] = []
        for index in entries.indices {
            guard case .sourceGone = entries[index].outcome, let local = entries[index].local else { continue }
            entries[index].local = nil
            entries[index].outcome = .notSent
            if !gone.contains(local) { gone.append(local) }
        }
        return gone
    }

    package func removeAll() {
        entries.removeAll(keepingCapacity: true)
    }
}

/// What sending came to.
@frozen
package enum SendOutcome: Hashable, Sendable {
    case notSent
    case sent
    /// The local address that was asked for is not (or no longer) this machine's: forget it, and send again without.
    case sourceGone(Int32)
    /// The kernel refused, with its `errno`; the datagrams are lost, as on any network.
    case failed(Int32)
}
