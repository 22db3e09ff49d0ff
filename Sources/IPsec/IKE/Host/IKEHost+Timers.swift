package import Tunneling

extension IKEHost {
    /// Does what is due.
    package func advance(to now: Instant) {
        while let owner = timers.takeDue(at: now) {
            switch owner {
            case let sa as IKESA: advance(sa, now: now)
            case let session as Session: advance(session, now: now)
            case let record as ConnectionRecord: advance(record, now: now)
            default: break
            }
            touched.append(owner)
        }
        settle(now: now)
    }

    private func advance(_ sa: IKESA, now: Instant) {
        if now >= sa.endsAt {
            if case .initiating(let initiation) = sa.state, let doubt = initiation.doubt {
                return fail(sa, doubt, now: now)
            }
            sa.session?.ids.removeAll { $0 == sa.id }
            return remove(sa)
        }
        switch sa.requests.expire(now: now) {
        case .sendAgain(let datagrams)?: send(datagrams, of: sa)
        case .givenUp(let type)?:
            guard !isHeard(sa) else {
                // By ESP: it is there, and answers will come when they get through.
                sa.requests.reschedule(settings.retransmission, now: now)
                return
            }
            giveUpWaiting(sa, type, now: now)
        case nil: break
        }
    }

    /// Whether the peer was heard of since we have been in a hurry to hear of it.
    private func isHeard(_ sa: IKESA) -> Bool {
        guard let session = sa.session, let request = sa.requests.outstanding, request.schedule == settings.liveness,
            request.schedule != settings.retransmission
        else { return false }
        return session.lastInbound > request.since
    }

    private func advance(_ record: ConnectionRecord, now: Instant) {
        guard now >= record.retryAt else { return }
        record.retryAt = .never
        if record.standing.isEmpty { begin(record, now: now) }
    }

    private func advance(_ session: Session, now: Instant) {
        for child in session.children where now >= child.deadline { advance(child, session, now: now) }
        guard !session.isClosed else {
            if session.children.isEmpty { timers.remove(session) }
            return
        }
        if now >= session.expiresAt { return close(session, .expired, tellPeer: .delete, now: now) }
        if let until = session.supersededUntil, now >= until {
            return close(session, .replaced, tellPeer: .delete, now: now)
        }
        if now >= session.validityCheckAt {
            checkValidity(of: session, now: now)
            guard !session.isClosed else { return }
        }
        if now >= session.rekeyAt {
            session.rekeyAt = .never
            add(.rekeyIKE, to: session)
        }
        if now >= session.retryChildAt {
            session.retryChildAt = .never
            add(.createChild, to: session)
        }
        if now >= session.livenessAt { checkLiveness(of: session, now: now) }
        if now >= session.keepaliveAt {
            session.keepaliveAt = now + session.connection.liveness.keepalive
            outbox.append(IKEDatagram([0xFF], .keepalive, on: session.path))
        }
    }

    private func advance(_ child: Child, _ session: Session, now: Instant) {
        switch child.state {
        case .retired: forget(child.inboundSPI, session)
        case .live where now < child.expiresAt:
            guard let index = session.index(ofInbound: child.inboundSPI) else { return }
            session.children[index].rekeyAt = .never
            add(.rekeyChild(child.inboundSPI), to: session)
        case .live, .superseded: delete(child.inboundSPI, session)
        case .closing: break
        }
    }

    /// Asks a peer that has long been silent whether it is there; any request does, if one is under way.
    private func checkLiveness(of session: Session, now: Instant) {
        let interval = session.connection.liveness.interval
        let due = session.lastInbound + interval
        guard now >= due else {
            session.livenessAt = due
            return
        }
        session.livenessAt = now + interval
        hurry(session, now: now)
    }

    /// Has the peer answer soon, or be given up: by a liveness check, or by what it is asked already.
    private func hurry(_ session: Session, now: Instant) {
        guard let sa = sas[session.current] else { return }
        guard sa.requests.isIdle else {
            sa.requests.reschedule(settings.liveness, now: now)
            return touch(sa)
        }
        session.checkedAt = now
        add(.checkLiveness, to: session)
    }

    /// Somebody says that the peer does not know the IKE SA any more. Nobody vouches for that: the peer is asked, and not for every such
    /// message (RFC 7296 §2.21.4).
    func suspect(_ sa: IKESA, now: Instant) {
        guard let session = working(sa) else { return }
        if sa.requests.isIdle, let last = session.checkedAt, now - last < Session.checkPause { return }
        hurry(session, now: now)
    }
}
