internal import OpenSSL
internal import Tunneling

/// CREATE_CHILD_SA for CHILD SAs, as initiator (RFC 7296 §1.3.1, §1.3.3).
extension IKEHost {
    func requestChild(
        of session: Session, by sa: IKESA, replaces: UInt32?, local: [TrafficSelector], remote: [TrafficSelector],
        group: DHGroup? = nil, now: Instant
    ) {
        guard let suite = sa.protection?.suite else { return }
        // The peer has agreed to the IKE SA's group already.
        let request = ChildRequest(
            inboundSPI: newInboundSPI(), nonce: newNonce(), keyExchange: KeyExchange(group ?? suite.group),
            replaces: replaces, local: local, remote: remote, hasChangedGroup: group != nil)
        reserved.insert(request.inboundSPI)
        var payloads: [Payload] = []
        if let replaces { payloads.append(.notify(.rekey(esp: replaces))) }
        payloads += [
            .securityAssociation(
                session.connection.profile.espProposals(
                    spi: request.inboundSPI, group: request.keyExchange?.group, usesESN: session.connection.usesESN)),
            .nonce(request.nonce.bytes),
        ]
        if let keyExchange = request.keyExchange {
            payloads.append(.keyExchange(KeyExchangePayload(keyExchange.group, keyExchange.publicValue)))
        }
        payloads += [
            .initiatorTrafficSelectors(TrafficSelectorList(local)),
            .responderTrafficSelectors(TrafficSelectorList(remote)),
        ]
        self.request(.createChild(request), .createChildSA, payloads, by: sa, now: now)
    }

    func finish(_ request: ChildRequest, _ content: MessageContent?, by sa: IKESA, now: Instant) {
        reserved.remove(request.inboundSPI)
        guard let session = sa.session, let protection = sa.protection else { return }
        do throws(IKEFailure) {
            guard let content else { throw .malformed(in: .createChildSA) }
            let agreed = try answeredChild(content, to: request, session, .createChildSA)
            guard let nonce = content.nonce else { throw .malformed(in: .createChildSA) }
            let secret = try childSecret(request, content, agreed.suite)
            let keys = ChildKeys.derive(
                agreed.suite, prf: protection.suite.prf, d: protection.keys.d, sharedSecret: secret,
                initiatorNonce: request.nonce.bytes, responderNonce: nonce)
            install(agreed, keys, for: request, lowestNonce: min(request.nonce, Nonce(bytes: nonce)), session, now: now)
        } catch {
            takeRefusal(of: request, error, content, session, by: sa, now: now)
        }
    }

    private func childSecret(
        _ request: ChildRequest, _ content: MessageContent, _ suite: ESPSuite
    ) throws(IKEFailure) -> SecretBytes? {
        guard let group = suite.group else { return nil }
        guard let value = content.keyExchange, value.group == group.rawValue,
            let secret = try? request.keyExchange?.sharedSecret(with: value.publicValue)
        else { throw .malformed(in: .createChildSA) }
        return secret
    }

    /// Of two that both sides have made of one at the same time, that with the lowest of the four nonces goes; who made it ends it
    /// (RFC 7296 §2.8.1).
    private func install(
        _ agreed: AgreedChild, _ keys: ChildKeys, for request: ChildRequest, lowestNonce: Nonce, _ session: Session,
        now: Instant
    ) {
        let old = request.replaces.flatMap { session.child($0) }
        // It counts also if it is gone again: a peer that found its own the better one may have rekeyed that before our answer came, and
        // waits for us to end ours.
        let rival = session.childRival.flatMap { $0.replaces == request.replaces ? $0 : nil }
        session.childRival = nil
        let isLoser = rival.map { lowestNonce < $0.lowestNonce } ?? false
        install(
            agreed, keys, session, isInitiator: true, replaces: request.replaces, sendsAtOnce: !isLoser, now: now)
        if isLoser {
            delete(agreed.inboundSPI, session)
        } else {
            if let old, !old.isRetired { delete(old.inboundSPI, session) }
            // The peer ends its own.
            if let index = rival.flatMap({ session.index(ofInbound: $0.inboundSPI) }),
                session.children[index].state == .live
            {
                session.children[index].state = .superseded
            }
        }
    }

    private func takeRefusal(
        of request: ChildRequest, _ failure: IKEFailure, _ content: MessageContent?, _ session: Session, by sa: IKESA,
        now: Instant
    ) {
        let error = content?.error
        if let group = error?.acceptableGroup, !request.hasChangedGroup,
            session.connection.profile.groups.contains(group), working(sa) != nil,
            request.replaces.map({ session.child($0)?.state == .live }) ?? true
        {
            return requestChild(
                of: session, by: sa, replaces: request.replaces, local: request.local, remote: request.remote,
                group: group, now: now)
        }
        guard let spi = request.replaces else {
            note(failure, session, now: now)
            return retryChild(of: session, now: now)
        }
        // What the peer has rekeyed meanwhile, or deleted, needs nothing of us.
        guard let index = session.index(ofInbound: spi), session.children[index].state == .live else {
            return replaceLost(session, now: now)
        }
        switch error?.type {
        case .childSANotFound?:
            // The peer has lost it (RFC 7296 §2.25).
            retire(spi, session, now: now)
            replaceLost(session, now: now)
        case .temporaryFailure?:
            session.children[index].rekeyAt = now + pauseAfterCollision()
        default:
            note(failure, session, now: now)
            session.children[index].rekeyAt = now + jittered(.seconds(30))
        }
        touch(session)
    }

    // MARK: Afterwards

    /// Ends a CHILD SA of ours and the peer's.
    func delete(_ inboundSPI: UInt32, _ session: Session) {
        guard let index = session.index(ofInbound: inboundSPI), !session.children[index].isRetired else { return }
        session.children[index].state = .closing
        add(.deleteChild(inboundSPI), to: session)
        touch(session)
    }

    /// A peer that is busy is asked again soon, and not at the same time as it asks us (RFC 7296 §2.25).
    func pauseAfterCollision() -> Instant.Span { .milliseconds(500 + UInt64(random(UInt16.self)) % 3000) }

    /// Sees to it that there is a CHILD SA again, where it is ours to have one.
    func replaceLost(_ session: Session, now: Instant) {
        guard !session.isClosed, !session.hasUsableChild, session.retryChildAt == .never,
            session.isInitiator, session.connection.start == .atOnce
        else { return }
        session.retryChildAt = now + pauseAfterCollision()
        touch(session)
    }

    /// Asks again later, less often each time; in the end from scratch.
    private func retryChild(of session: Session, now: Instant) {
        session.childRetries += 1
        guard session.childRetries <= Session.maximumChildRetries else {
            return close(session, .offerRefused, tellPeer: .delete, now: now)
        }
        session.retryChildAt = now + ConnectionRecord.pause(after: session.childRetries, jitter: random())
        touch(session)
    }
}
