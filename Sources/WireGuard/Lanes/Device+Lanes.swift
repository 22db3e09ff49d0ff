package import Tunneling

extension Device {
    /// How long what lanes of other threads report may wait.
    private static let reportInterval = Instant.Span.milliseconds(100)

    /// A way through the device for another thread.
    ///
    /// - Parameter wake: called on that thread when there is something for `takeReports`.
    package func makeLane(wake: @escaping @Sendable () -> Void) -> DataLane {
        let (gate, reports) = (Gate(), LaneReports(wake: wake))
        tables.add(gate)
        laneReports.append(reports)
        return DataLane(of: self, .other(gate, reports))
    }

    /// Takes what other lanes have reported. Send what `takeOutbox` gives then, and call `settleReports`.
    package func takeReports(now: Instant) {
        nextReports = nil
        for index in laneReports.indices {
            guard let (passages, news) = laneReports[index].take() else { continue }
            nextReports = now + Self.reportInterval
            for item in news { carryOut(item, now: now) }
            for (id, passage) in passages { note(passage, with: id) }
            unsettledReports.append((index, news.count))
        }
    }

    /// What came of the reports has been sent: lanes may send to the peers concerned by themselves.
    package func settleReports() {
        for (index, count) in unsettledReports where count > 0 { laneReports[index].settle(count) }
        unsettledReports.removeAll(keepingCapacity: true)
        guard !letGo.isEmpty else { return }
        for id in letGo {
            // Others may wait again.
            if let peer = self[id], peer.pending.isEmpty { tables.change { _ in peer.isHeldBack = false } }
        }
        letGo.removeAll()
    }

    private func carryOut(_ news: LaneReports.News, now: Instant) {
        switch news {
        case .message(var bytes, let path):
            _ = bytes.withUnsafeMutableBytes { receive($0, from: path.endpoint, via: path.source, now: now) }
        case .packet(let packet, let id): packet.withUnsafeBytes { sendOrKeep($0, for: id, now: now) }
        case .confirmed(let id, let index):
            if let next = self[id]?.keypairs.next, next.localIndex == index { confirm(next, now: now) }
        case .sourceGone(let source): forgetSources { $0 == source }
        }
    }

    /// In the order in which things happened.
    private func note(_ passage: Passage, with id: PeerID) {
        guard let peer = self[id] else { return }
        guard isUp else {
            // It was under way when the device went down: no timer is to run for it.
            peer.statistics.sentPackets += UInt64(passage.sent.packets)
            peer.statistics.sentBytes += UInt64(passage.sent.bytes)
            peer.statistics.receivedPackets += UInt64(passage.received.packets)
            peer.statistics.receivedBytes += UInt64(passage.received.bytes)
            return
        }
        let receivedFirst = passage.received.last <= passage.sent.last
        if receivedFirst { noteReceived(passage) }
        if let keypair = passage.sending {
            noteSent(passage.sent.packets, bytes: passage.sent.bytes, under: keypair, now: passage.sent.last)
        }
        if !receivedFirst { noteReceived(passage) }
    }

    private func noteReceived(_ passage: Passage) {
        guard let keypair = passage.receiving else { return }
        let received = passage.received
        noteReceived(
            received.packets, messages: received.messages, bytes: received.bytes, under: keypair, now: received.last)
    }

    /// What another lane had no session for: there may be one by now.
    private func sendOrKeep(_ packet: UnsafeRawBufferPointer, for id: PeerID, now: Instant) {
        guard isUp, let peer = self[id] else { return }
        guard peer.pending.isEmpty, let path = peer.path, let keypair = peer.keypairs.current,
            post(Array(packet), with: keypair, to: peer, path, now: now)
        else {
            _ = enqueue(packet, for: id, now: now)
            return
        }
        noteDataSent(1, to: peer, now: now)
        keepKeyFresh(sendingWith: keypair, now: now)
    }
}
