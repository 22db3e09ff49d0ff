package import AEAD
internal import Addressing
internal import Tunneling

/// Data messages on their way in: `DataLane.admit` adds them, `DataLane.openAll` decrypts all of a session in one call of the
/// engine.
///
/// Belongs to one thread. It holds addresses of memory, not the memory.
package final class DataOpener {
    package static let capacity = 512

    /// What messages come under, and where from.
    struct Session {
        let keypair: Keypair
        let peer: Peer
        let path: Path
        /// Whether the session waits for its first message.
        let isUnconfirmed: Bool
    }

    struct Run {
        let session: Session
        var jobs: Range<Int>
    }

    private let engine: AEADEngine
    let jobs: UnsafeMutableBufferPointer<AEADJob>
    /// Of each job that is authentic: whether its counter was there before, or is too old.
    private let replayed: UnsafeMutableBufferPointer<Bool>
    private(set) var count = 0
    private(set) var runs: ContiguousArray<Run> = []

    package init(engine: AEADEngine) {
        self.engine = engine
        jobs = .allocate(capacity: Self.capacity)
        replayed = .allocate(capacity: Self.capacity)
        runs.reserveCapacity(Self.capacity)
    }

    deinit {
        jobs.deallocate()
        replayed.deallocate()
    }

    package var isFull: Bool { count == Self.capacity }

    /// Whether a message with this index and path is of the last one's run: most messages come in rows.
    @inline(__always)
    func continues(_ index: UInt32, on path: Path) -> Bool {
        guard let last = runs.last else { return false }
        return last.session.keypair.localIndex == index && last.session.path == path
    }

    func begin(_ session: Session) {
        runs.append(Run(session: session, jobs: count..<count))
    }

    /// Adds a message to the run that was begun last; it has its full header and tag.
    @inline(__always)
    func add(_ message: UnsafeMutableRawBufferPointer, counter: UInt64) {
        guard let base = message.baseAddress else { return }
        precondition(count < Self.capacity && !runs.isEmpty)
        jobs[count] = AEADJob(
            inPlace: base + DataHeader.count, count: message.count - DataHeader.count - DataHeader.tagCount,
            counter: counter)
        count += 1
        let last = runs.count - 1
        runs[last].jobs = runs[last].jobs.lowerBound..<count
    }

    func decrypt() {
        for run in runs {
            engine.open(UnsafeMutableBufferPointer(rebasing: jobs[run.jobs]), with: run.session.keypair.receiving)
        }
    }

    /// Looks up which authentic messages of a run are new, and remembers them; returns how many are. The counter is looked at
    /// after the tag alone: who sends old messages again costs no more than who sends forged ones.
    func acceptNew(of run: Run) -> Int {
        run.session.keypair.window.withLock { window in
            var accepted = 0
            for index in run.jobs where jobs[index].isAuthentic {
                let isNew = window.accept(jobs[index].counter)
                replayed[index] = !isNew
                if isNew { accepted += 1 }
            }
            return accepted
        }
    }

    /// Why a message is to be dropped; `nil` for one that is genuine and new.
    @inline(__always)
    func refusal(of index: Int) -> DropReason? {
        guard jobs[index].isAuthentic else { return .unauthenticated }
        return replayed[index] ? .replayed : nil
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
