internal import Tunneling

/// Authentication anew (RFC 7296 §2.8.3): a whole new IKE SA with its CHILD SAs, made before the old one is broken, so that no flow
/// notices. Rekeying would not do: it proves nothing of who the peer is now.
///
///     before a certificate's end ──new IKE SA──▶ superseded by it
///              ▲          │ came to nothing, or to the same certificate
///              └──later───┘
///                  … the peer's end ──▶ closed
///
/// Who began the IKE SA begins the new one. A responder tells it by when (RFC 4478), and ends what was not made anew in time.
extension IKEHost {
    func planReauthentication(of session: Session, now: Instant) {
        let time = environment.wallTime().seconds
        session.validity.plan(at: time, jitter: random())
        setValidityCheck(of: session, time, now: now)
    }

    /// Looks whether certificates are about to end, or have.
    func checkValidity(of session: Session, now: Instant) {
        let time = environment.wallTime().seconds
        if let end = session.validity.peer, time > end {
            note(.authentication(.certificate(.expired)), session, now: now)
            return close(session, .authentication(.certificate(.expired)), tellPeer: .delete, now: now)
        }
        guard let due = session.validity.reauthenticateAt, time >= due else {
            return setValidityCheck(of: session, time, now: now)
        }
        planReauthentication(of: session, now: now)
        guard session.isInitiator, session.supersededUntil == nil, let record = records[session.connection.id],
            record.initiation == nil
        else { return }
        log(.info, session.connection.id, session.path, .reauthenticating(peer: session.peer))
        begin(record, now: now)
    }

    /// Now and then in any case: clocks are set.
    private func setValidityCheck(of session: Session, _ time: Int64, now: Instant) {
        let next = [session.validity.peer.map { $0 + 1 }, session.validity.reauthenticateAt].compactMap { $0 }.min()
        guard let next else { return session.validityCheckAt = .never }
        session.validityCheckAt = now + .seconds(UInt64(min(max(next - time, 1), Self.longestCheckInterval)))
        touch(session)
    }

    private static let longestCheckInterval: Int64 = 3600

    // MARK: AUTH_LIFETIME

    /// What a responder tells an initiator of how long its authentication is good; `nil`: it has no end.
    func lifetimeNotice(_ session: Session) -> Payload? {
        guard let end = session.validity.peer else { return nil }
        let left = end - environment.wallTime().seconds
        return .notify(
            Notify(.authenticationLifetime, data: UInt32(clamping: left - Validity.margin(left)).bytes))
    }

    /// The peer wants us to prove who we are again within so many seconds.
    func takeLifetime(_ content: MessageContent, _ session: Session, now: Instant) {
        guard session.isInitiator, let data = content.notify(.authenticationLifetime)?.data, data.count == 4 else {
            return
        }
        let end = environment.wallTime().seconds + data.reduce(0) { $0 << 8 | Int64($1) }
        session.validity.own = min(session.validity.own ?? end, end)
        planReauthentication(of: session, now: now)
    }
}
