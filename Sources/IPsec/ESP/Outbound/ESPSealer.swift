package import AEAD

/// Packets on their way out. What is added is numbered and framed at once, and encrypted where it lies by `sealAll`: all
/// packets of an SA in one call of its cipher.
///
/// Belongs to one thread. It holds addresses of memory, not the memory.
package final class ESPSealer {
    package static let capacity = 512

    private let engine: AEADEngine
    private let jobs: UnsafeMutableBufferPointer<AEADJob>
    private let headers: AuthenticatedHeaders
    private var count = 0
    /// SAs in the order of their jobs, each with the end of its jobs.
    private var runs: ContiguousArray<(sa: OutboundSA, end: Int)> = []

    package init(engine: AEADEngine) {
        self.engine = engine
        jobs = .allocate(capacity: Self.capacity)
        headers = AuthenticatedHeaders(capacity: Self.capacity)
        runs.reserveCapacity(Self.capacity)
    }

    deinit {
        jobs.deallocate()
    }

    /// How many packets can be added before `sealAll`.
    package var room: Int { Self.capacity - count }

    /// Adds an IP packet with as many bytes before it and after it as its SA's format wants, and returns the datagram that it
    /// will be.
    @inline(__always)
    package func add(
        _ packet: UnsafeMutableRawPointer, count packetCount: Int, to run: inout ESPRun
    ) -> UnsafeMutableRawBufferPointer {
        precondition(count < Self.capacity)
        let (number, padded) = run.frame(packet, count: packetCount)
        let format = run.sa.format
        let header = packet - format.headerCount
        jobs[count] = headers.job(
            count, packet, count: padded, counter: number, header: header,
            upperNumber: run.sa.suite.usesESN ? number >> 32 : nil)
        count += 1
        if let last = runs.last, last.sa === run.sa {
            runs[runs.count - 1].end = count
        } else {
            runs.append((run.sa, count))
        }
        return UnsafeMutableRawBufferPointer(start: header, count: format.headerCount + padded + format.checkCount)
    }

    /// Encrypts what was added.
    package func sealAll() {
        var start = 0
        for run in runs {
            run.sa.cipher.seal(UnsafeMutableBufferPointer(rebasing: jobs[start..<run.end]), engine: engine)
            start = run.end
        }
        runs.removeAll(keepingCapacity: true)
        count = 0
    }
}
