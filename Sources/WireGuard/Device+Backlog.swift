internal import Tunneling

// Handshakes beside data: each has its share of the time.
extension Device {
    /// Handshakes that are worked on in one go while packets may be waiting.
    private static let handshakesAtOnce = 8

    /// As above, while nothing is known to wait: who comes meanwhile waits no longer than for these.
    private static let handshakesWhenIdle = 2

    /// Works on handshakes that wait. - Parameter isIdle: nothing else waits, so that the share of the time does not matter.
    func workOnBacklog(at now: Instant, isIdle: Bool) {
        if isIdle, wantsIdleTime(at: now) {
            for _ in 0..<Self.handshakesWhenIdle {
                if let work = backlog.next() { perform(work, now: now) }
            }
            return
        }
        var count = 0
        while count < Self.handshakesAtOnce, !backlog.isEmpty, handshakeBudget.allows(at: now) {
            guard let work = backlog.next() else { return }
            count += 1
            spending { perform(work, now: now) }
        }
    }

    private func perform(_ work: HandshakeBacklog.Work, now: Instant) {
        switch work {
        case .message(let message):
            guard let identity else { return }
            if case .dropped = take(message, identity, now: now) { handshakeWork.refused += 1 }
        case .initiation(let peer): sendWaitingInitiation(to: peer, now: now)
        }
    }

    /// Takes the time of a handshake's arithmetic from what handshakes may have.
    func spending<Result>(_ work: () -> Result) -> Result {
        guard let clock = environment.workClock else {
            handshakeBudget.spend(Constants.usualHandshakeTime)
            return work()
        }
        let start = clock()
        let result = work()
        handshakeBudget.spend(clock() - start)
        return result
    }
}

/// Handshake work of a device since it was made.
package struct HandshakeWork: Hashable, Sendable {
    /// Initiations and responses that were taken up, genuine or not: up to three curve operations each.
    package internal(set) var taken: UInt64 = 0
    /// Initiations of our own: two or three curve operations each.
    package internal(set) var begun: UInt64 = 0
    /// Messages that found no room to wait, or that waited and were nothing.
    package internal(set) var refused: UInt64 = 0
}
