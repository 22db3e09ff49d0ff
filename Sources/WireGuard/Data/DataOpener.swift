package import AEAD
internal import Addressing

/// Data messages on their way in: `Device.admit` adds them, `Device.openAll` decrypts all of a session in one call of the
/// engine.
///
/// Belongs to one thread. It holds addresses of memory, not the memory.
package final class DataOpener {
    package static let capacity = 512

    /// Messages of one session that came by one path.
    struct Run {
        let keypair: Keypair
        let path: Path
        var jobs: Range<Int>
    }

    private let engine: AEADEngine
    let jobs: UnsafeMutableBufferPointer<AEADJob>
    private(set) var count = 0
    private(set) var runs: ContiguousArray<Run> = []

    package init(engine: AEADEngine) {
        self.engine = engine
        jobs = .allocate(capacity: Self.capacity)
        runs.reserveCapacity(Self.capacity)
    }

    deinit {
        jobs.deallocate()
    }

    package var isFull: Bool { count == Self.capacity }

    /// The session of the message before, if its index is this one: most messages come in rows.
    @inline(__always)
    func lastKeypair(withIndex index: UInt32) -> Keypair? {
        guard let last = runs.last, last.keypair.localIndex == index else { return nil }
        return last.keypair
    }

    /// The message has its full header and tag.
    @inline(__always)
    func add(_ message: UnsafeMutableRawBufferPointer, counter: UInt64, of keypair: Keypair, on path: Path) {
        guard let base = message.baseAddress else { return }
        precondition(count < Self.capacity)
        jobs[count] = AEADJob(
            inPlace: base + DataHeader.count, count: message.count - DataHeader.count - DataHeader.tagCount,
            counter: counter)
        count += 1
        let last = runs.count - 1
        if last >= 0, runs[last].keypair === keypair, runs[last].path == path {
            runs[last].jobs = runs[last].jobs.lowerBound..<count
        } else {
            runs.append(Run(keypair: keypair, path: path, jobs: count - 1..<count))
        }
    }

    func decrypt() {
        for run in runs {
            engine.open(UnsafeMutableBufferPointer(rebasing: jobs[run.jobs]), with: run.keypair.receiving)
        }
    }

    func removeAll() {
        runs.removeAll(keepingCapacity: true)
        count = 0
    }
}

/// What became of a data message.
@frozen
package enum Opened {
    /// A packet, decrypted where it lay, without padding. `Device.headroom` bytes before it are the message's header, and free
    /// to be written, as are `room` bytes from its beginning. Its source address belongs to the peer's allowed IPs.
    case packet(PeerID, UnsafeMutableRawBufferPointer, room: Int)
    case keepalive
    case dropped(DropReason)
}
