internal import Addressing
internal import CLinux
internal import Glibc

extension UDPSockets {
    /// Sends the batch's packets, in order within a family, and sets each one's `outcome`; returns how many left.
    /// One that cannot be sent does not stop the others. Packets with a `count` of 0 or without `remote` are passed over.
    ///
    /// A packet whose `local` is no longer this machine's gets `sourceGone`: forget that source, clear `local`, and send
    /// again what has it.
    @discardableResult
    package func send(_ batch: PacketBatch) -> Int {
        var waits = Self.fullQueueWaits
        return send(.v4, batch, waits: &waits) + send(.v6, batch, waits: &waits)
    }

    private func send(_ family: IPFamily, _ batch: PacketBatch, waits: inout Int) -> Int {
        let messages = batch.messages
        var total = 0
        for index in 0..<batch.count {
            let packet = batch.packets[index]
            guard packet.buffer.count > 0, let remote = packet.remote, remote.address.family == family else { continue }
            messages.prepareToSend(total, packet, to: remote)
            messages.packetIndices[total] = index
            total += 1
        }
        guard total > 0 else { return 0 }
        guard let descriptor = descriptor(family) else {
            for entry in 0..<total { batch.packets[messages.packetIndices[entry]].outcome = .failed(EAFNOSUPPORT) }
            return 0
        }
        var next = 0
        var left = 0
        var hasRetried = false
        while next < total {
            let sent = clinux_sendmmsg(descriptor.number, messages.headers + next, UInt32(total - next), 0)
            if sent > 0 {
                for entry in next..<next + Int(sent) { batch.packets[messages.packetIndices[entry]].outcome = .sent }
                next += Int(sent)
                left += Int(sent)
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
                for entry in next..<total { batch.packets[messages.packetIndices[entry]].outcome = .failed(code) }
                return left
            }
            if !hasRetried, Self.isQueuedError(code) {
                // It may be an ICMP error about an earlier datagram, which the kernel tells once: try again.
                hasRetried = true
                continue
            }
            let packet = messages.packetIndices[next]
            batch.packets[packet].outcome = Self.outcome(code, hadSource: batch.packets[packet].local != nil)
            next += 1
            hasRetried = false
        }
        return left
    }

    /// For one batch, of a millisecond each.
    private static let fullQueueWaits = 2

    /// A full queue empties within microseconds; waiting a moment pushes back on the sender instead of losing packets.
    private static func waitUntilWritable(_ descriptor: Descriptor) {
        var state = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        poll(&state, 1, 1)
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
