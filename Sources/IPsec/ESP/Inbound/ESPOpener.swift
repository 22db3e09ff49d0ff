package import AEAD
package import Tunneling

/// ESP packets on their way in: `admit` adds them, `decrypt` decrypts all of an SA in one call of its cipher, and `finish` tells
/// what became of a run's.
///
/// Belongs to one thread. It holds addresses of memory, not the memory.
package final class ESPOpener {
    package static let capacity = 512

    private struct Run {
        let sa: InboundSA
        let path: Path
        var jobs: Range<Int>
    }

    private enum Verdict: UInt8 { case new, replayed, forged }

    private let engine: AEADEngine
    private let jobs: UnsafeMutableBufferPointer<AEADJob>
    private let headers: AuthenticatedHeaders
    /// Of each job.
    private let numbers: UnsafeMutableBufferPointer<UInt64>
    private let verdicts: UnsafeMutableBufferPointer<Verdict>
    private var count = 0
    private var entries: ContiguousArray<Run> = []

    package init(engine: AEADEngine) {
        self.engine = engine
        jobs = .allocate(capacity: Self.capacity)
        numbers = .allocate(capacity: Self.capacity)
        verdicts = .allocate(capacity: Self.capacity)
        headers = AuthenticatedHeaders(capacity: Self.capacity)
        entries.reserveCapacity(Self.capacity)
    }

    deinit {
        jobs.deallocate()
        numbers.deallocate()
        verdicts.deallocate()
    }

    package var isFull: Bool { count == Self.capacity }

    /// Adds a packet, for which there must be room; or says why it is dropped.
    ///
    /// - Parameter reader: the calling thread's number in the table.
    @inline(__always)
    package func admit(
        _ datagram: UnsafeMutableRawBufferPointer, on path: Path, of table: SPITable, reader: Int
    ) -> ESPDropReason? {
        guard let base = datagram.baseAddress, datagram.count > ESPFormat.fixedCount else { return .malformed }
        let spi = UInt32(bigEndian: datagram.loadUnaligned(as: UInt32.self))
        if let last = entries.last, last.sa.spi == spi, last.path == path { return add(base, datagram.count, last.sa) }
        guard let sa = table.find(spi, reader: reader) else { return .unknownSPI }
        entries.append(Run(sa: sa, path: path, jobs: count..<count))
        guard let reason = add(base, datagram.count, sa) else { return nil }
        entries.removeLast()
        return reason
    }

    /// Adds a packet to the last run.
    @inline(__always)
    private func add(_ packet: UnsafeMutableRawPointer, _ packetCount: Int, _ sa: InboundSA) -> ESPDropReason? {
        precondition(count < Self.capacity)
        let format = sa.format
        let textCount = packetCount - format.headerCount - format.checkCount
        guard textCount >= format.blockCount, textCount & (format.blockCount - 1) == 0 else { return .malformed }
        let lower = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard let number = sa.number(lower: lower) else { return .replayed }
        let counter =
            sa.cipher.readsVector
            ? UInt64(bigEndian: packet.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) : number
        jobs[count] = headers.job(
            count, packet + format.headerCount, count: textCount, counter: counter, header: packet,
            upperNumber: sa.suite.usesESN ? number >> 32 : nil)
        numbers[count] = number
        count += 1
        let last = entries.count - 1
        entries[last].jobs = entries[last].jobs.lowerBound..<count
        return nil
    }

    /// Runs that were admitted: packets of one SA, in a row.
    package var runs: Range<Int> { entries.indices }

    /// The SA of a run.
    package func sa(of run: Int) -> InboundSA { entries[run].sa }
    /// Where a run came from.
    package func path(of run: Int) -> Path { entries[run].path }

    package func decrypt() {
        for run in entries {
            run.sa.cipher.open(UnsafeMutableBufferPointer(rebasing: jobs[run.jobs]), engine: engine)
        }
    }

    /// Tells what became of each packet of a run, in order, after `decrypt`. Runs are to be finished in order, each once.
    ///
    /// Numbers are looked at after the check value alone: who sends old packets again costs no more than who forges them.
    package func finish(_ run: Int, now: Instant, _ body: (ESPOpened) -> Void) -> ESPNews {
        let entry = entries[run]
        let sa = entry.sa
        let accepted = sa.accept(entry.jobs) { index in
            guard jobs[index].isAuthentic else {
                verdicts[index] = .forged
                return nil
            }
            return numbers[index]
        } mark: {
            verdicts[$0] = $1 ? .new : .replayed
        }
        var (packets, bytes) = (0, 0)
        var check = SelectorCheck()
        for index in entry.jobs {
            let opened = opened(index, sa, &check)
            if case .packet(let packet, _) = opened {
                packets += 1
                bytes += packet.count
            }
            body(opened)
        }
        return accepted > 0 ? sa.noteReceived(packets: packets, bytes: bytes, on: entry.path, now: now) : []
    }

    @inline(__always)
    private func opened(_ index: Int, _ sa: InboundSA, _ check: inout SelectorCheck) -> ESPOpened {
        switch verdicts[index] {
        case .new: break
        case .replayed: return .dropped(.replayed)
        case .forged: return .dropped(.unauthenticated)
        }
        let job = jobs[index]
        let text = UnsafeRawBufferPointer(start: job.destination, count: job.count)
        let padding = Int(text[job.count - 2])
        let next = text[job.count - 1]
        guard next != ESPNextHeader.dummy else { return .dummy }
        let count = job.count - ESPFormat.trailerCount - padding
        // After the packet there may be bytes that only hide how long it is (RFC 4303 §2.7).
        guard count > 0, let inner = InnerPacket(text, 0..<count),
            next == (inner.family == .v4 ? ESPNextHeader.ipv4 : ESPNextHeader.ipv6)
        else { return .dropped(.notIP) }
        let packet = UnsafeMutableRawBufferPointer(start: job.destination, count: inner.count)
        guard check.admits(packet, by: sa.selectors) else { return .dropped(.outsideSelectors) }
        return .packet(packet, room: job.count + sa.format.checkCount)
    }

    package func removeAll() {
        entries.removeAll(keepingCapacity: true)
        count = 0
    }
}

/// What became of an ESP packet.
package enum ESPOpened {
    /// An IP packet, decrypted where it lay, without padding. 16 bytes before it are free to be written, as are `room` bytes from
    /// its beginning. It is what the SA was negotiated for.
    case packet(UnsafeMutableRawBufferPointer, room: Int)
    /// It was there to be seen on the way (RFC 4303 §2.6).
    case dummy
    case dropped(ESPDropReason)
}
