package import Tunneling

/// Changes of addresses (RFC 4555): the initiator of the IKE SA says that its SAs are to go another way, which is the way that it says so
/// by.
extension IKEHost {
    /// Our own addresses have changed: peers that we reach by the old ones are told. Those that do not speak MOBIKE see a liveness check
    /// come from a new address, as after a NAT's change of mind.
    package func addressesChanged(now: Instant) {
        defer { settle(now: now) }
        for id in index.order {
            for session in records[id]?.standing ?? [] where session.isInitiator {
                var path = session.path
                // The kernel chooses anew.
                path.source = nil
                setPath(path, of: session)
                add(session.abilities.mobike ? .updateAddresses : .checkLiveness, to: session)
            }
        }
    }

    func requestUpdate(of session: Session, by sa: IKESA, now: Instant) {
        let cookie = randomBytes(16)
        let payloads =
            [.notify(Notify(.updateSAAddresses)), .notify(Notify(.cookie2, data: cookie))]
            + NATDetection.notifies(
                initiatorSPI: sa.initiatorSPI, responderSPI: sa.responderSPI, session.path,
                untrue: randomBytes(NATDetection.count))
        request(.updateAddresses(cookie: cookie), .informational, payloads, by: sa, now: now)
    }

    func finishUpdate(_ cookie: [UInt8], _ content: MessageContent?, by sa: IKESA, now: Instant) {
        guard let session = sa.session, let content else { return }
        // Who answers without having seen the request is on the way, and not the peer (RFC 4555 §3.5).
        guard content.notify(.cookie2)?.data == cookie, content.error == nil else {
            note(.refused(content.error?.type ?? .cookie2, in: .informational), session, now: now)
            return close(session, .refused(.updateSAAddresses, in: .informational), tellPeer: .delete, now: now)
        }
        noteNAT(content, session, by: sa, now: now)
    }

    /// The peer, which began the IKE SA, has moved to where this came from.
    func takeUpdate(
        _ content: MessageContent, _ session: Session, by sa: IKESA, on path: IKEPath, now: Instant
    ) -> [Payload] {
        guard session.abilities.mobike, !session.isInitiator else { return [] }
        // What we say of our own address looks like a NAT (RFC 4555 §3.9): who allows none cannot be served.
        if content.notify(.noNATsAllowed) != nil { return [.notify(Notify(.unexpectedNATDetected))] }
        setPath(path, of: session)
        noteNAT(content, session, by: sa, now: now)
        return NATDetection.notifies(
            initiatorSPI: sa.initiatorSPI, responderSPI: sa.responderSPI, path,
            untrue: randomBytes(NATDetection.count))
    }

    private func noteNAT(_ content: MessageContent, _ session: Session, by sa: IKESA, now: Instant) {
        let found = NATDetection.result(
            content.notifies, initiatorSPI: sa.initiatorSPI, responderSPI: sa.responderSPI, session.path)
        guard let found else { return }
        session.abilities.isBehindNAT = found
        session.keepaliveAt = found.ours ? now + session.connection.liveness.keepalive : .never
        touch(session)
    }
}
