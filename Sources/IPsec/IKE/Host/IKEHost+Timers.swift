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
            sa.session?.ids.removeAll { $0 == sa.id }
            return remove(sa)
        }
        switch sa.requests.expire(settings.retransmission, now: now) {
        case .sendAgain(let datagrams)?: send(datagrams, of: sa)
        case .givenUp(let type)?: giveUpWaiting(sa, type, now: now)
        case nil: break
        }
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
        if let sa = sas[session.current], sa.requests.isIdle { add(.checkLiveness, to: session) }
    }
}
