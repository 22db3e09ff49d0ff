internal import Tunneling

/// A new IKE SA that we have asked for.
struct IKERekeying {
    let id: UInt64
    let nonce: Nonce
    let keyExchange: KeyExchange
    /// Whether the peer has made us take another group already.
    let hasChangedGroup: Bool
}

/// CREATE_CHILD_SA for the IKE SA itself (RFC 7296 §1.3.2, §2.18). The session goes over to the new one; who asked for it ends the
/// old one.
///
/// When both ask at once, two come about, and that with the lowest of the four nonces goes (§2.8.2):
///
///     asked ──peer asks too──▶ asked, with a rival ──answer──▶ the better of the two
///       │                          └──DELETE of the old, or refusal──▶ the rival
///       └──answer──▶ the new one
extension IKEHost {
    // MARK: As initiator

    func requestRekeying(of session: Session, by sa: IKESA, group: DHGroup? = nil, now: Instant) {
        guard let suite = sa.protection?.suite else { return }
        let rekeying = IKERekeying(
            id: newSPI(), nonce: newNonce(), keyExchange: KeyExchange(group ?? suite.group),
            hasChangedGroup: group != nil)
        request(
            .rekeyIKE(rekeying), .createChildSA,
            [
                .securityAssociation(
                    session.connection.profile.ikeProposals(preferring: rekeying.keyExchange.group, spi: rekeying.id)),
                .nonce(rekeying.nonce.bytes),
                .keyExchange(KeyExchangePayload(rekeying.keyExchange.group, rekeying.keyExchange.publicValue)),
            ], by: sa, now: now)
    }

    func finish(_ rekeying: IKERekeying, _ content: MessageContent?, by old: IKESA, now: Instant) {
        guard let session = old.session, session.current == old.id else { return }
        do throws(IKEFailure) {
            let (new, lowestNonce) = try accept(rekeying, content, session, by: old, now: now)
            if let rival = session.rival, let other = sas[rival.id], lowestNonce < rival.lowestNonce {
                // Ours is the one to go; the peer ends the old one.
                new.state = .replaced
                new.add(.deleteIKE(.delete))
                touch(new)
                adopt(other, session, endsOld: false, now: now)
            } else {
                if let other = session.rival.flatMap({ sas[$0.id] }) { abandon(other, now: now) }
                adopt(new, session, endsOld: true, now: now)
            }
        } catch {
            takeRefusal(of: rekeying, error, content, session, by: old, now: now)
        }
    }

    /// The new IKE SA, by what the peer has agreed to.
    private func accept(
        _ rekeying: IKERekeying, _ content: MessageContent?, _ session: Session, by old: IKESA, now: Instant
    ) throws(IKEFailure) -> (IKESA, Nonce) {
        guard let content, let protection = old.protection else { throw .malformed(in: .createChildSA) }
        guard let proposals = content.proposals, let value = content.keyExchange, let nonce = content.nonce else {
            throw content.error.map { .refused($0.type, in: .createChildSA) } ?? .malformed(in: .createChildSA)
        }
        let profile = session.connection.profile
        let group = rekeying.keyExchange.group
        let choice: SuiteChoice<IKESuite>
        do throws(ProposalRefusal) {
            choice = try profile.ikeSuite(
                answered: proposals, to: profile.ikeProposals(preferring: group, spi: rekeying.id), keyExchange: group)
        } catch { throw .proposals(error) }
        let (suite, remoteSPI) = (choice.suite, choice.spi)
        guard value.group == suite.group.rawValue,
            let secret = try? rekeying.keyExchange.sharedSecret(with: value.publicValue)
        else { throw .malformed(in: .createChildSA) }
        let keys = protection.keys.rekey(
            prf: protection.suite.prf, to: suite, initiatorNonce: rekeying.nonce.bytes, responderNonce: nonce,
            sharedSecret: secret, initiatorSPI: rekeying.id, responderSPI: remoteSPI)
        let new = successor(
            of: old, id: rekeying.id, remoteSPI: remoteSPI, isInitiator: true, suite, keys, session, now: now)
        return (new, min(rekeying.nonce, Nonce(bytes: nonce)))
    }

    private func takeRefusal(
        of rekeying: IKERekeying, _ failure: IKEFailure, _ content: MessageContent?, _ session: Session, by old: IKESA,
        now: Instant
    ) {
        if adoptRival(of: session, now: now) { return }
        switch content?.error {
        case let error? where error.type == .invalidKEPayload && !rekeying.hasChangedGroup:
            guard let group = error.acceptableGroup, session.connection.profile.groups.contains(group) else {
                break
            }
            return requestRekeying(of: session, by: old, group: group, now: now)
        case let error? where error.type == .temporaryFailure:
            session.rekeyAt = now + pauseAfterCollision()
            return touch(session)
        default: break
        }
        note(failure, session, now: now)
        session.rekeyAt = now + jittered(.seconds(60))
        touch(session)
    }

    // MARK: As responder

    func rekey(
        _ session: Session, _ content: MessageContent, by old: IKESA, now: Instant
    ) throws(ChildRefusal) -> [Payload] {
        if let exchange = old.requests.outstanding?.exchange, exchange.concernsChild {
            throw ChildRefusal(.temporaryFailure, .replaced)
        }
        guard session.rival == nil, let protection = old.protection, let offered = content.proposals,
            let value = content.keyExchange, let theirs = content.nonce
        else { throw ChildRefusal(.invalidSyntax, .malformed(in: .createChildSA)) }
        guard sas.count < settings.maximumIKESAs else { throw ChildRefusal(.noAdditionalSAs, .limit) }
        let choice = try choose(offered, value.group, session.connection.profile)
        let (suite, remoteSPI) = (choice.suite, choice.spi)
        let keyExchange = KeyExchange(suite.group)
        let secret = try sharedSecret(keyExchange, value)
        let nonce = newNonce()
        let id = newSPI()
        let keys = protection.keys.rekey(
            prf: protection.suite.prf, to: suite, initiatorNonce: theirs, responderNonce: nonce.bytes,
            sharedSecret: secret, initiatorSPI: remoteSPI, responderSPI: id)
        let new = successor(
            of: old, id: id, remoteSPI: remoteSPI, isInitiator: false, suite, keys, session, now: now)
        if case .rekeyIKE? = old.requests.outstanding?.exchange {
            session.rival = (id, min(nonce, Nonce(bytes: theirs)))
        } else {
            adopt(new, session, endsOld: false, now: now)
        }
        return [
            .securityAssociation([choice.answer(spi: id)]), .nonce(nonce.bytes),
            .keyExchange(KeyExchangePayload(suite.group, keyExchange.publicValue)),
        ]
    }

    private func choose(
        _ offered: [Proposal], _ group: UInt16, _ profile: Profile
    ) throws(ChildRefusal) -> SuiteChoice<IKESuite> {
        switch profile.chooseIKE(from: offered, keyExchange: group, isRekey: true) {
        case .chosen(let choice): return choice
        case .wantsGroup(let group):
            throw ChildRefusal(
                .invalidKEPayload(wanting: group), .refused(.invalidKEPayload, in: .createChildSA))
        case .refused(let refusal): throw ChildRefusal(refusal.answer, .proposals(refusal))
        }
    }

    // MARK: The new one

    private func successor(
        of old: IKESA, id: UInt64, remoteSPI: UInt64, isInitiator: Bool, _ suite: IKESuite, _ keys: IKEKeys,
        _ session: Session, now: Instant
    ) -> IKESA {
        let new = IKESA(
            id: id, remoteSPI: remoteSPI, isInitiator: isInitiator, path: old.path, state: .established, now: now)
        new.protection = MessageProtection(
            suite, keys, isInitiator: isInitiator,
            fragmentSize: session.abilities.fragments ? session.connection.fragmentSize : nil,
            peerFragmentSize: old.protection?.peerFragmentSize ?? .max)
        new.session = session
        session.ids.append(id)
        add(new, now: now)
        return new
    }

    /// The session's requests go by the new IKE SA from now on; also those that were waiting.
    private func adopt(_ new: IKESA, _ session: Session, endsOld: Bool, now: Instant) {
        let old = sas[session.current]
        session.current = new.id
        session.rival = nil
        session.rekeyAt = now + jittered(session.connection.lifetimes.ike.ninetyPercent)
        session.expiresAt = now + session.connection.lifetimes.ike
        touch(session)
        if let suite = new.protection?.suite { log(.info, session.connection.id, new.path, .ikeRekeyed(suite)) }
        guard let old else { return }
        for task in old.tasks { new.add(task) }
        touch(new)
        // What is under way goes on, for as long as the old one is there.
        old.tasks = endsOld ? [.deleteIKE(.delete)] : []
        abandon(old, now: now)
    }

    /// Has no part in the session any more; the side that is to end it does so, or it goes by itself.
    private func abandon(_ sa: IKESA, now: Instant) {
        sa.state = .replaced
        sa.endsAt = now + IKESA.closingTime
        touch(sa)
    }

    /// Goes over to what the peer's rekeying has made while ours came to nothing. `false`: there is no such one.
    func adoptRival(of session: Session, now: Instant) -> Bool {
        guard let rival = session.rival.flatMap({ sas[$0.id] }) else { return false }
        adopt(rival, session, endsOld: false, now: now)
        return true
    }
}

extension UInt32 {
    /// Big endian, as SPIs lie in messages.
    var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
