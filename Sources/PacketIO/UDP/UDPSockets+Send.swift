internal import Addressing
internal import CLinux
internal import Glibc

extension UDPSockets {
    /// Sends what is in the queue and has not been sent, in order within a family. Returns whether everything left; a message
    /// that cannot be sent does not stop the others.
    ///
    /// Where a local address is no longer this machine's, `DatagramQueue.giveUpSources` tells.
    package func send(_ queue: DatagramQueue) -> Bool {
        var waits = Self.fullQueueWaits
        let v4 = send(.v4, queue, waits: &waits)
        let v6 = send(.v6, queue, waits: &waits)
        return v4 && v6
    }

    private func send(_ family: IPFamily, _ queue: DatagramQueue, waits: inout Int) -> Bool {
        var next = 0
        var allLeft = true
        while true {
            let count = prepare(family, queue, from: &next)
            guard count > 0 else { return allLeft }
            if !sendPrepared(family, queue, count, waits: &waits) { allLeft = false }
        }
    }

    /// Writes headers for entries from `next` on, as many as there is room for.
    private func prepare(_ family: IPFamily, _ queue: DatagramQueue, from next: inout Int) -> Int {
        let headers = queue.headers
        let limits = segmentLimits
        let now = limits == nil ? MonotonicTime(nanoseconds: 0) : .now
        var count = 0
        while next < queue.entries.count {
            let entry = queue.entries[next]
            guard entry.remote.address.family == family, entry.outcome == .notSent else {
                next += 1
                continue
            }
            let goesTogether =
                entry.segments == 1
                || limits.map { entry.segmentSize <= $0.largest(to: entry.remote.address, at: now) } ?? true
            if goesTogether {
                guard count < headers.capacity else { break }
                let segmentSize = entry.segments > 1 ? entry.segmentSize : nil
                headers.prepare(count, next, entry, bytes: 0..<entry.count, segmentSize: segmentSize)
                count += 1
            } else {
                guard count + entry.segments <= headers.capacity else { break }
                for start in stride(from: 0, to: entry.count, by: entry.segmentSize) {
                    let bytes = start..<min(start + entry.segmentSize, entry.count)
                    headers.prepare(count, next, entry, bytes: bytes, segmentSize: nil)
                    count += 1
                }
            }
            next += 1
        }
        return count
    }

    private func sendPrepared(
        _ family: IPFamily, _ queue: DatagramQueue, _ total: Int, waits: inout Int
    ) -> Bool {
        let headers = queue.headers
        guard let descriptor = descriptor(family) else {
            for message in 0..<total { queue.setOutcome(.failed(EAFNOSUPPORT), of: headers.entryIndices[message]) }
            return false
        }
        var next = 0
        var allLeft = true
        var hasRetried = false
        while next < total {
            let sent = clinux_sendmmsg(descriptor.number, headers.headers + next, UInt32(total - next), 0)
            if sent > 0 {
                for message in next..<next + Int(sent) { noteSent(queue, headers.entryIndices[message]) }
                next += Int(sent)
                hasRetried = false
                continue
            }
            // sendmmsg tells only the error of the first that it was given, and stops before it.
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN || code == ENOBUFS {
                if waits > 0 {
                    waits -= 1
                    Self.waitUntilWritable(descriptor)
                    continue
                }
                // The thread has other work than to wait for this queue: what is left is lost.
                for message in next..<total { queue.setOutcome(.failed(code), of: headers.entryIndices[message]) }
                return false
            }
            if !hasRetried, Self.isQueuedError(code) {
                // It may be an ICMP error about an earlier datagram, which the kernel tells once: try again.
                hasRetried = true
                continue
            }
            let index = headers.entryIndices[next]
            let outcome =
                sendSingly(queue.entries[index], refusedWith: code, on: descriptor, waits: &waits)
                ?? Self.outcome(code, hadSource: queue.entries[index].local != nil)
            queue.setOutcome(outcome, of: index)
            if outcome != .sent { allLeft = false }
            next += 1
            hasRetried = false
        }
        return allLeft
    }

    /// An entry of which one message failed stays failed.
    private func noteSent(_ queue: DatagramQueue, _ index: Int) {
        if queue.entries[index].outcome == .notSent { queue.setOutcome(.sent, of: index) }
    }

    // MARK: Without segmentation

    /// Sends an entry that the kernel did not take in one piece a datagram at a time. `nil` when that was not the reason.
    private func sendSingly(
        _ entry: DatagramQueue.Entry, refusedWith code: Int32, on descriptor: Descriptor, waits: inout Int
    ) -> SendOutcome? {
        // EMSGSIZE, EINVAL of older kernels: a segment does not fit the path's MTU. EIO: the way is by IPsec, with older
        // kernels also: the device makes no checksums.
        guard entry.segments > 1, [EIO, EINVAL, EMSGSIZE, EOPNOTSUPP].contains(code) else { return nil }
        let single = SendHeaders(capacity: 1)
        var outcome = SendOutcome.sent
        for start in stride(from: 0, to: entry.count, by: entry.segmentSize) {
            single.prepare(0, 0, entry, bytes: start..<min(start + entry.segmentSize, entry.count), segmentSize: nil)
            if let code = sendOne(single, on: descriptor, waits: &waits) {
                outcome = Self.outcome(code, hadSource: entry.local != nil)
            }
            if case .sourceGone = outcome { return outcome }
        }
        // It is the segmentation that is refused: not to be tried again for each batch.
        if outcome == .sent {
            let largest = code == EIO || code == EOPNOTSUPP ? 0 : entry.segmentSize - 1
            limitSegments(largest, to: entry.remote.address, code)
        }
        return outcome
    }

    /// Sends the one message there is; returns the `errno` when it cannot be sent.
    private func sendOne(_ single: SendHeaders, on descriptor: Descriptor, waits: inout Int) -> Int32? {
        var hasRetried = false
        while clinux_sendmmsg(descriptor.number, single.headers, 1, 0) < 0 {
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN || code == ENOBUFS, waits > 0 {
                waits -= 1
                Self.waitUntilWritable(descriptor)
                continue
            }
            guard !hasRetried, Self.isQueuedError(code) else { return code }
            hasRetried = true
        }
        return nil
    }

    // MARK: Failures

    /// For one call, of a millisecond each.
    private static let fullQueueWaits = 2

    /// A full queue empties within microseconds; waiting a moment pushes back on the sender instead of losing packets.
    private static func waitUntilWritable(_ descriptor: Descriptor) {
        var state = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        poll(&state, 1, 1)
    }

    /// An ICMP error about something that was sent earlier: it says nothing about this call, and is cleared by being told.
    static func isQueuedError(_ code: Int32) -> Bool {
        [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EMSGSIZE, EPROTO].contains(code)
    }

    private static func outcome(_ code: Int32, hadSource: Bool) -> SendOutcome {
        switch code {
        // With a source address or interface that is gone, IPv4 answers EINVAL, ENETUNREACH or ENODEV, IPv6 EADDRNOTAVAIL,
        // EINVAL or ENODEV, and a source that policy routing has no way for any of the rest.
        case EINVAL, EADDRNOTAVAIL, ENETUNREACH, EHOSTUNREACH, ENODEV, ENXIO, ENETDOWN:
            hadSource ? .sourceGone(code) : .failed(code)
        default: .failed(code)
        }
    }
}
