internal import Tunneling

extension IKEHost {
    /// Begins the next exchange that an IKE SA has waiting, if none is under way.
    func startNext(of sa: IKESA, now: Instant) {
        while sa.requests.isIdle, sa.protection != nil, !sa.tasks.isEmpty {
            start(sa.tasks.removeFirst(), by: sa, now: now)
        }
    }

    /// Begins an exchange, unless there is no sense in it any more.
    private func start(_ task: ExchangeTask, by sa: IKESA, now: Instant) {
        switch task {
        case .deleteIKE(let farewell):
            sa.state = .closing
            let payload: Payload =
                farewell == .delete ? .delete(.ike) : .notify(Notify(.authenticationFailed))
            request(.deleteIKE, .informational, [payload], by: sa, now: now)
        case .createChild:
            guard let session = working(sa), !session.hasUsableChild else { return }
            let connection = session.connection
            requestChild(
                of: session, by: sa, replaces: nil, local: connection.selectorsAsked,
                remote: connection.remoteSelectors, now: now)
        case .rekeyChild(let spi):
            guard let session = working(sa), let index = session.index(ofInbound: spi),
                session.children[index].state == .live
            else { return }
            let child = session.children[index]
            guard child.isSending else {
                // The peer, who asked for it, may not know it yet.
                session.children[index].rekeyAt = now + pauseAfterCollision()
                return touch(session)
            }
            requestChild(of: session, by: sa, replaces: spi, local: child.local, remote: child.remote, now: now)
        case .deleteChild(let spi):
            guard let session = working(sa), session.child(spi)?.state == .closing else { return }
            request(.deleteChild(spi), .informational, [.delete(.esp([spi]))], by: sa, now: now)
        case .rekeyIKE:
            guard let session = working(sa) else { return }
            requestRekeying(of: session, by: sa, now: now)
        case .checkLiveness:
            guard working(sa) != nil else { return }
            request(.checkLiveness, .informational, [], by: sa, now: now)
        case .updateAddresses:
            guard let session = working(sa) else { return }
            requestUpdate(of: session, by: sa, now: now)
        }
    }

    /// The session whose requests go by this IKE SA.
    func working(_ sa: IKESA) -> Session? {
        guard let session = sa.session, session.current == sa.id, sa.isEstablished else { return nil }
        return session
    }

    /// Puts a task where the session's requests go by.
    func add(_ task: ExchangeTask, to session: Session) {
        guard let sa = sas[session.current] else { return }
        sa.add(task)
        touch(sa)
    }

    // MARK: Answers

    func takeAnswer(_ payloads: [Payload], to sa: IKESA, now: Instant) {
        let type = sa.requests.outstanding?.type
        guard let exchange = sa.requests.finish(), let type else { return }
        touch(sa)
        if case .authenticating(let state) = sa.state { return takeAuthAnswer(payloads, to: sa, state, now: now) }
        let content = content(payloads, type, sa, now: now)
        switch exchange {
        case .initiation, .authentication: break
        case .createChild(let request): finish(request, content, by: sa, now: now)
        case .rekeyIKE(let rekeying): finish(rekeying, content, by: sa, now: now)
        case .deleteChild(let spi):
            guard let session = sa.session else { return }
            retire(spi, session, now: now)
            replaceLost(session, now: now)
        case .deleteIKE: end(sa, now: now)
        case .checkLiveness: break
        case .updateAddresses(let cookie): finishUpdate(cookie, content, by: sa, now: now)
        }
    }

    /// What the payloads are; `nil`, and a line in the log, where they are not what may be in one message.
    func content(_ payloads: [Payload], _ type: ExchangeType, _ sa: IKESA, now: Instant) -> MessageContent? {
        do throws(MessageError) {
            return try MessageContent(payloads)
        } catch {
            logDropped(error, type, sa.session?.connection.id, sa.path, now: now)
            return nil
        }
    }

    /// A request was sent as often as it may be, and not answered: the peer is gone.
    func giveUpWaiting(_ sa: IKESA, _ type: ExchangeType, now: Instant) {
        let exchange = sa.requests.finish()
        if case .createChild(let request)? = exchange { reserved.remove(request.inboundSPI) }
        switch sa.state {
        case .initiating(let initiation): fail(sa, initiation.doubt ?? .noAnswer(to: type), now: now)
        case .authenticating: fail(sa, .noAnswer(to: type), now: now)
        default:
            guard let session = sa.session, session.current == sa.id else { return end(sa, now: now) }
            // The peer has rekeyed the IKE SA meanwhile and knows this one no more.
            if adoptRival(of: session, now: now) { return end(sa, now: now) }
            records[session.connection.id].map { note(.noAnswer(to: type), $0, sa.path, now: now) }
            close(session, .noAnswer(to: type), tellPeer: nil, now: now)
        }
    }
}
