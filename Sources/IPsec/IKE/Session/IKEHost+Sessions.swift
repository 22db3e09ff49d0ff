internal import Tunneling

extension IKEHost {
    // MARK: Beginning

    /// A peer has proven who it is.
    func open(
        _ record: ConnectionRecord, _ connection: Connection, _ peer: Identity, _ proof: PeerProof, by sa: IKESA,
        begun: Instant, _ abilities: PeerAbilities, now: Instant
    ) -> Session {
        let session = Session(
            connection: connection, peer: peer, proof: proof, isInitiator: sa.isInitiator, current: sa.id, begun: begun,
            path: sa.path, abilities: abilities, validity: Validity(proof, connection),
            rekeyAt: now + jittered(connection.lifetimes.ike.ninetyPercent), now: now)
        timers.add(session, now: now)
        planReauthentication(of: session, now: now)
        sa.state = .established
        sa.endsAt = .never
        sa.session = session
        record.sessions.append(session)
        touch(session)
        touch(sa)
        events.append(.peerChanged(connection.id, peer))
        if let suite = sa.protection?.suite {
            log(.info, connection.id, sa.path, .ikeEstablished(peer: peer, suite))
        }
        return session
    }

    func hasSession(with connection: Connection) -> Bool {
        records[connection.id].map { !$0.sessions.isEmpty } ?? false
    }

    /// Of several sessions with one peer, one stays.
    ///
    /// Who began anew has a reason: the newer of two that the same side began takes the other's place. When both sides began at once, that
    /// one stays whose initiator has the lower identity: both sides come to the same. Who began the other ends it.
    ///
    /// INITIAL_CONTACT (RFC 7296 §2.4) says that the peer knows no other: it has lost them, but for those that came about only while
    /// this one was on its way.
    func settleDuplicates(of session: Session, initialContact: Bool, now: Instant) {
        guard let record = records[session.connection.id] else { return }
        for other in record.standing where other !== session && other.peer.isSame(as: session.peer) {
            if initialContact, other.established <= session.begun {
                close(other, .replaced, tellPeer: nil, now: now)
            } else if other.isInitiator == session.isInitiator || session.initiator < other.initiator {
                supersede(other, by: session, now: now)
            } else {
                supersede(session, by: other, now: now)
                return
            }
        }
    }

    /// The loser stays for a moment: the peer may not have our answer yet that makes the winner.
    private func supersede(_ loser: Session, by winner: Session, now: Instant) {
        loser.supersededUntil = now + (loser.isInitiator ? Session.graceForAnswer : Session.graceForPeer)
        touch(loser)
        if let child = winner.children.last(where: { $0.isSending && $0.state == .live }) {
            events.append(.outboundSwitched(inboundSPI: child.inboundSPI))
        }
    }

    /// Whether packets to the session's peer go out by another session.
    func isReached(_ session: Session) -> Bool {
        let others = records[session.connection.id]?.sessions.filter {
            $0 !== session && $0.peer.isSame(as: session.peer)
        }
        return others?.contains { $0.children.contains { $0.isSending && $0.state == .live } } ?? false
    }

    /// Packets to a peer go out by what is left.
    private func switchOutbound(from session: Session, _ record: ConnectionRecord) {
        for other in record.sessions.reversed() where other.peer.isSame(as: session.peer) {
            guard let index = other.children.lastIndex(where: { $0.state == .live }) else { continue }
            other.children[index].isSending = true
            return events.append(.outboundSwitched(inboundSPI: other.children[index].inboundSPI))
        }
    }

    // MARK: Ending

    /// Ends a session, its IKE SAs and its CHILD SAs.
    func close(_ session: Session, _ failure: IKEFailure, tellPeer: Farewell?, now: Instant) {
        guard !session.isClosed else { return }
        session.isClosed = true
        for sa in session.ids.compactMap({ sas[$0] }) {
            if let tellPeer, sa.id == session.current, sa.isEstablished {
                sa.session = nil
                sa.tasks = [.deleteIKE(tellPeer)]
                sa.endsAt = now + IKESA.farewellTime
                touch(sa)
            } else {
                end(sa, now: now)
            }
        }
        session.ids = []
        for child in session.children where !child.isRetired { retire(child.inboundSPI, session, now: now) }
        touch(session)
        log(.info, session.connection.id, session.path, .ikeClosed(peer: session.peer, failure))
        guard let record = records[session.connection.id] else { return }
        record.addresses.release(session.peer)
        record.sessions.removeAll { $0 === session }
        switchOutbound(from: session, record)
        if record.standing.isEmpty {
            events.append(.peerChanged(record.connection.id, nil))
            scheduleRetry(record, now: now)
        }
    }

    /// Nothing is worked on by it any more; a peer that asks again is answered for a while.
    func end(_ sa: IKESA, now: Instant) {
        release(sa)
        sa.session = nil
        sa.state = .ended
        sa.tasks = []
        _ = sa.requests.finish()
        sa.endsAt = min(sa.endsAt, now + IKESA.afterlife)
        touch(sa)
    }
}

extension Session {
    /// How long a peer has to end what another session has taken the place of.
    static let graceForPeer = Instant.Span.seconds(10)

    /// How long we keep one of ours that another has taken the place of.
    static let graceForAnswer = Instant.Span.seconds(5)

    /// Who began it, as bytes to compare.
    var initiator: Order { Order(bytes: (isInitiator ? connection.localIdentity : peer).identification.body) }

    struct Order: Comparable {
        let bytes: [UInt8]

        static func < (a: Order, b: Order) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
    }
}

extension IKESA {
    /// How long a request of the peer's may be repeated after the end.
    static let afterlife = Instant.Span.seconds(20)
    /// How long what a rekeying has replaced is there at most, with what is under way by it.
    static let closingTime = Instant.Span.seconds(60)
    /// How long the answer to a DELETE that ends all is waited for, and for what has to be answered before.
    static let farewellTime = Instant.Span.seconds(8)

    /// Whether the peer has still to be told of the end, or to say that it knows.
    var isTakingLeave: Bool {
        if case .deleteIKE? = requests.outstanding?.exchange { return true }
        return tasks.contains { if case .deleteIKE = $0 { true } else { false } }
    }
}

extension Instant.Span {
    var ninetyPercent: Instant.Span { Instant.Span(nanoseconds: nanoseconds / 10 * 9) }
}
