package import AEAD

/// Packets on their way out. What is added is numbered and framed at once, and encrypted where it lies by `sealAll`: all
/// packets of a session in one call of the engine.
///
/// Belongs to one thread. It holds addresses of memory, not the memory.
package final class DataSealer {
    package static let capacity = 512

    private let engine: AEADEngine
    private let jobs: UnsafeMutableBufferPointer<AEADJob>
    private var count = 0
    /// Sessions in the order of their jobs, each with the end of its jobs.
    private var runs: ContiguousArray<(key: AEADKey, end: Int)> = []

    package init(engine: AEADEngine) {
        self.engine = engine
        jobs = .allocate(capacity: Self.capacity)
        runs.reserveCapacity(Self.capacity)
    }

    deinit {
        jobs.deallocate()
    }

    /// How many packets can be added before `sealAll`.
    package var room: Int { Self.capacity - count }

    /// Adds a packet with `Device.headroom` bytes before it and `Device.tailroom` after it, and returns the datagram that it
    /// will be.
    @inline(__always)
    package func add(
        _ packet: UnsafeMutableRawPointer, count packetCount: Int, to run: inout SealingRun
    ) -> UnsafeMutableRawBufferPointer {
        precondition(count < Self.capacity)
        let (counter, padded) = run.frame(packet, count: packetCount)
        jobs[count] = AEADJob(inPlace: packet, count: padded, counter: counter)
        count += 1
        if let last = runs.last, last.key === run.keypair.sending {
            runs[runs.count - 1].end = count
        } else {
            runs.append((run.keypair.sending, count))
        }
        return UnsafeMutableRawBufferPointer(
            start: packet - DataHeader.count, count: DataHeader.count + padded + DataHeader.tagCount)
    }

    /// Encrypts what was added.
    package func sealAll() {
        var start = 0
        for run in runs {
            engine.seal(UnsafeMutableBufferPointer(rebasing: jobs[start..<run.end]), with: run.key)
            start = run.end
        }
        runs.removeAll(keepingCapacity: true)
        count = 0
    }
}
