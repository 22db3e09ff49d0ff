internal import OpenSSL
internal import Tunneling

extension IKEHost {
    /// Puts a new CHILD SA into the books and into the data path.
    func install(
        _ agreed: AgreedChild, _ keys: ChildKeys, _ session: Session, isInitiator: Bool, replaces: UInt32?,
        sendsAtOnce: Bool, now: Instant
    ) {
        let lifetimes = session.connection.lifetimes
        let child = Child(
            inboundSPI: agreed.inboundSPI, outboundSPI: agreed.outboundSPI, suite: agreed.suite, local: agreed.local,
            remote: agreed.remote, isInitiator: isInitiator, created: now, isSending: sendsAtOnce, replaces: replaces,
            rekeyAt: now + jittered(lifetimes.child.ninetyPercent), expiresAt: now + lifetimes.child)
        session.children.append(child)
        inbound[child.inboundSPI] = session
        session.retryChildAt = .never
        session.childRetries = 0
        touch(session)
        events.append(
            .childReady(
                ChildSA(
                    connection: session.connection.id, inboundSPI: child.inboundSPI, outboundSPI: child.outboundSPI,
                    suite: child.suite, inboundKeys: isInitiator ? keys.responder : keys.initiator,
                    outboundKeys: isInitiator ? keys.initiator : keys.responder, usesESN: child.suite.usesESN,
                    local: child.local, remote: child.remote, path: session.path, isInitiator: isInitiator,
                    replaces: replaces, sendsAtOnce: sendsAtOnce)))
        log(
            .info, session.connection.id, session.path,
            replaces == nil
                ? .childEstablished(inboundSPI: child.inboundSPI, outboundSPI: child.outboundSPI, child.suite)
                : .childRekeyed(inboundSPI: child.inboundSPI, outboundSPI: child.outboundSPI, child.suite))
    }

    /// Our packets go out by it from now on.
    func switchOutbound(to inboundSPI: UInt32, _ session: Session) {
        guard let index = session.index(ofInbound: inboundSPI), !session.children[index].isSending,
            session.children[index].state == .live
        else { return }
        session.children[index].isSending = true
        events.append(.outboundSwitched(inboundSPI: inboundSPI))
    }

    /// It was deleted on both sides, or is going to be: nothing goes out by it. What has taken its place sends from now on.
    func retire(_ inboundSPI: UInt32, _ session: Session, now: Instant) {
        guard let index = session.index(ofInbound: inboundSPI), !session.children[index].isRetired else { return }
        let wasSending = session.newestSending == inboundSPI
        session.children[index].state = .retired(until: now + Child.afterlife)
        if let other = session.newestSending {
            if wasSending { events.append(.outboundSwitched(inboundSPI: other)) }
        } else if let successor = session.successor(of: inboundSPI) {
            // The peer has our answer, or it would not have deleted this one.
            switchOutbound(to: successor, session)
        }
        events.append(.childRetired(inboundSPI: inboundSPI))
        touch(session)
    }

    /// Out of the books, and out of the data path.
    func forget(_ inboundSPI: UInt32, _ session: Session) {
        session.children.removeAll { $0.inboundSPI == inboundSPI }
        inbound[inboundSPI] = nil
        events.append(.childGone(inboundSPI: inboundSPI))
        log(.debug, session.connection.id, session.path, .childClosed(inboundSPI: inboundSPI))
    }
}
