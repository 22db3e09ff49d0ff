internal import Addressing
internal import Tunneling

/// IKE_SA_INIT, as responder (RFC 7296 §1.2, §2.6). The sender may be anybody: all that is dear comes after what is cheap.
///
///     request ─▶ repeated? ─▶ under load: cookie? ─▶ offer and group? ─▶ room? ─▶ half-open, answered
extension IKEHost {
    /// Longer ones would only take memory: Windows' offer of some 40 proposals has 2,000 bytes.
    private static let maximumInitCount = 8192

    func takeInitRequest(_ datagram: [UInt8], _ header: IKEHeader, on path: IKEPath, now: Instant) {
        guard header.exchange == .ikeSAInit, header.messageID == 0, header.responderSPI == 0,
            datagram.count <= Self.maximumInitCount
        else { return }
        let origin = HalfOpenTable.Origin(initiatorSPI: header.initiatorSPI, source: path.remote)
        if let sa = halfOpen[origin].flatMap({ sas[$0] }), case .halfOpen(let state) = sa.state,
            state.exchange.initiatorMessage == datagram
        {
            return send(sa.answers.repetition(now: now), on: path)
        }
        let profiles = index.profiles(for: path.remote.address)
        guard !profiles.isEmpty else { return }
        let content: MessageContent
        do throws(MessageError) {
            content = try MessageContent(try IKEMessage.decode(datagram).payloads)
            try content.require(.securityAssociation, .keyExchange, .nonce)
        } catch { return logDropped(error, .ikeSAInit, nil, path, now: now) }
        guard let offered = content.proposals, let value = content.keyExchange, let nonce = content.nonce else {
            return
        }
        guard hasProvenAddress(content, nonce, header, path, now: now), halfOpen[origin] == nil,
            halfOpen.count < settings.maximumHalfOpen, sas.count < settings.maximumIKESAs,
            halfOpen.count(from: path.remote) < settings.maximumHalfOpenPerSource
        else { return }
        switch choose(profiles, offered, value.group) {
        case .chosen(let choice):
            accept(
                InitRequest(
                    message: datagram, nonce: Nonce(bytes: nonce), value: value.publicValue, content: content,
                    origin: origin),
                choice, on: path, now: now)
        case .wantsGroup(let group):
            refuse(header, .invalidKEPayload(wanting: group), on: path)
        case .refused(let refusal):
            logStranger(path, .proposals(refusal), now: now)
            refuse(header, refusal.answer, on: path)
        }
    }

    struct InitRequest {
        let message: [UInt8]
        let nonce: Nonce
        let value: [UInt8]
        let content: MessageContent
        let origin: HalfOpenTable.Origin
    }

    /// Under load, the sender gets a cookie that only the owner of its address can bring back.
    private func hasProvenAddress(
        _ content: MessageContent, _ nonce: [UInt8], _ header: IKEHeader, _ path: IKEPath, now: Instant
    ) -> Bool {
        noteLoad(path)
        guard asksForCookies else { return true }
        if let cookie = content.notify(.cookie)?.data,
            cookies.isValid(cookie, nonce, header.initiatorSPI, from: path.remote, now: now, environment)
        {
            return true
        }
        let cookie = cookies.cookie(nonce, header.initiatorSPI, from: path.remote, now: now, environment)
        refuse(header, Notify(.cookie, data: cookie), on: path)
        return false
    }

    /// Tells when it begins and ends.
    private func noteLoad(_ path: IKEPath) {
        let isLoaded = halfOpen.count >= (asksForCookies ? settings.cookieThreshold / 2 : settings.cookieThreshold)
        guard isLoaded != asksForCookies else { return }
        asksForCookies = isLoaded
        log(.notice, nil, path, .cookies(isLoaded))
    }

    /// The first profile decides that takes the offer as it is; a group that another would need is asked for last.
    private func choose(_ profiles: [Profile], _ offered: [Proposal], _ group: UInt16) -> ProposalDecision<IKESuite> {
        let decisions = profiles.map { $0.chooseIKE(from: offered, keyExchange: group) }
        func first(_ isWanted: (ProposalDecision<IKESuite>) -> Bool) -> ProposalDecision<IKESuite>? {
            decisions.first(where: isWanted)
        }
        let chosen = first { if case .chosen = $0 { true } else { false } }
        let asking = first { if case .wantsGroup = $0 { true } else { false } }
        return chosen ?? asking ?? decisions[decisions.count - 1]
    }

    private func accept(
        _ request: InitRequest, _ choice: SuiteChoice<IKESuite>, on path: IKEPath, now: Instant
    ) {
        let suite = choice.suite
        guard request.value.count == suite.group.publicValueCount else { return }
        let nonce = newNonce()
        let keyExchange = KeyExchange(suite.group)
        let sa = IKESA(
            id: newSPI(), remoteSPI: request.origin.initiatorSPI, isInitiator: false, path: path, state: .ended,
            now: now)
        // Without NAT traversal there is no ESP here.
        guard let abilities = abilities(request.content, sa) else {
            return logStranger(path, .noEncapsulation, now: now)
        }
        var payloads: [Payload] = [
            .securityAssociation([choice.answer()]),
            .keyExchange(KeyExchangePayload(suite.group, keyExchange.publicValue)),
            .nonce(nonce.bytes),
        ]
        payloads += initNotifies(sa, index.profiles(for: path.remote.address)[0])
        if !index.authorities.isEmpty {
            payloads.append(
                .certificateRequest(CertificateRequest(.x509Signature, authorities: index.authorities)))
        }
        let message = IKEMessage(sa.header(.ikeSAInit, isResponse: true, messageID: 0), payloads).encoded()
        let exchange = InitExchange(
            initiatorNonce: request.nonce, responderNonce: nonce, initiatorMessage: request.message,
            responderMessage: message, begun: now)
        sa.state = .halfOpen(
            HalfOpen(
                origin: request.origin, exchange: exchange, suite: suite, keyExchange: keyExchange,
                peerValue: request.value, abilities: abilities))
        sa.endsAt = now + settings.halfOpenLifetime
        sa.answers.answer([message])
        halfOpen.insert(sa.id, request.origin)
        add(sa, now: now)
        send([message], on: path)
    }

    /// An answer that nothing is kept for.
    func refuse(_ header: IKEHeader, _ notify: Notify, on path: IKEPath) {
        var answer = header
        answer.flags = [.response]
        outbox.append(IKEDatagram(IKEMessage(answer, [.notify(notify)]).encoded(), on: path))
    }
}
