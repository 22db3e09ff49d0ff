internal import OpenSSL
internal import Tunneling

/// CREATE_CHILD_SA, as responder: a new CHILD SA, one in place of another, or a new IKE SA (RFC 7296 §1.3).
extension IKEHost {
    /// What answers the request.
    func takeCreateRequest(_ payloads: [Payload], of sa: IKESA, now: Instant) -> [Payload] {
        do {
            let content = try MessageContent(payloads)
            try content.require(.securityAssociation, .nonce)
            // An IKE SA that is being replaced, or has been, makes nothing new (RFC 7296 §2.25).
            guard let session = working(sa) else { throw ChildRefusal(.temporaryFailure, .replaced) }
            if content.proposals?.first?.proto == .ike {
                return try rekey(session, content, by: sa, now: now)
            }
            if case .rekeyIKE? = sa.requests.outstanding?.exchange {
                throw ChildRefusal(.temporaryFailure, .replaced)
            }
            return try create(content, session, by: sa, now: now)
        } catch let error as MessageError {
            logDropped(error, .createChildSA, sa.session?.connection.id, sa.path, now: now)
            return [.notify(error.answer ?? Notify(.invalidSyntax))]
        } catch let refusal as ChildRefusal {
            if refusal.notify.type != .temporaryFailure, let session = sa.session {
                note(refusal.failure, session, now: now)
            }
            return [.notify(refusal.notify)]
        } catch {
            return [.notify(Notify(.invalidSyntax))]
        }
    }

    private func create(
        _ content: MessageContent, _ session: Session, by sa: IKESA, now: Instant
    ) throws(ChildRefusal) -> [Payload] {
        let old = try content.notify(.rekeySA).map { (notify) throws(ChildRefusal) in
            try replaceable(notify, session)
        }
        guard let protection = sa.protection, let theirs = content.nonce else {
            throw ChildRefusal(.invalidSyntax, .malformed(in: .createChildSA))
        }
        let (agreed, payloads) = try agree(to: content, with: session, isFirst: false)
        let nonce = newNonce()
        var answer: [Payload] = [payloads[0], .nonce(nonce.bytes)]
        var secret: SecretBytes?
        if let group = agreed.suite.group {
            let keyExchange = KeyExchange(group)
            secret = try sharedSecret(keyExchange, content.keyExchange)
            answer.append(.keyExchange(KeyExchangePayload(group, keyExchange.publicValue)))
        }
        answer += payloads.dropFirst()
        let keys = ChildKeys.derive(
            agreed.suite, prf: protection.suite.prf, d: protection.keys.d, sharedSecret: secret,
            initiatorNonce: theirs, responderNonce: nonce.bytes)
        // Until the peer uses it, or deletes the old one, it may not have our answer.
        install(
            agreed, keys, session, isInitiator: false, replaces: old, sendsAtOnce: old == nil, now: now)
        if let index = old.flatMap({ session.index(ofInbound: $0) }) {
            session.children[index].state = .superseded
            if case .createChild(let request)? = sa.requests.outstanding?.exchange, request.replaces == old {
                session.childRival = Child.Rival(
                    inboundSPI: agreed.inboundSPI, replaces: session.children[index].inboundSPI,
                    lowestNonce: min(nonce, Nonce(bytes: theirs)))
            }
        }
        return answer
    }

    /// The inbound SPI of what a REKEY_SA notify names; the peer names it by its own (RFC 7296 §2.25.1).
    private func replaceable(_ notify: Notify, _ session: Session) throws(ChildRefusal) -> UInt32 {
        guard notify.proto == .esp, let spi = notify.rekeyedSPI, let index = session.index(ofOutbound: spi) else {
            throw ChildRefusal(
                Notify(.childSANotFound, proto: notify.proto, spi: notify.spi),
                .refused(.childSANotFound, in: .createChildSA))
        }
        let child = session.children[index]
        guard child.state == .live else { throw ChildRefusal(.temporaryFailure, .replaced) }
        return child.inboundSPI
    }

    func sharedSecret(
        _ keyExchange: KeyExchange, _ payload: KeyExchangePayload?
    ) throws(ChildRefusal) -> SecretBytes {
        guard let payload, payload.group == keyExchange.group.rawValue,
            let secret = try? keyExchange.sharedSecret(with: payload.publicValue)
        else { throw ChildRefusal(.invalidSyntax, .malformed(in: .createChildSA)) }
        return secret
    }
}
