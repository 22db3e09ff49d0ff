package import Tunneling

extension IKEHost {
    /// Takes an IKE message, without the non-ESP marker.
    package func receive(_ datagram: [UInt8], on path: IKEPath, now: Instant) {
        defer { settle(now: now) }
        let header: IKEHeader
        do {
            header = try IKEHeader.decode(datagram)
        } catch {
            logDropped(error, nil, nil, path, now: now)
            return answerUnreadable(datagram, error, on: path, now: now)
        }
        let id = header.isFromInitiator ? header.responderSPI : header.initiatorSPI
        if id == 0 {
            if header.isFromInitiator, !header.isResponse { takeInitRequest(datagram, header, on: path, now: now) }
            return
        }
        guard let sa = sas[id], sa.isInitiator != header.isFromInitiator else {
            return answerUnknown(header, count: datagram.count, on: path, now: now)
        }
        if header.exchange == .ikeSAInit {
            if header.isResponse { takeInitAnswer(datagram, header, to: sa, on: path, now: now) }
            return
        }
        let remoteSPI = header.isFromInitiator ? header.initiatorSPI : header.responderSPI
        guard remoteSPI == sa.remoteSPI else { return }
        if header.isResponse {
            takeResponse(datagram, header, to: sa, now: now)
        } else {
            takeRequest(datagram, header, to: sa, on: path, now: now)
        }
    }

    // MARK: Responses

    private func takeResponse(_ datagram: [UInt8], _ header: IKEHeader, to sa: IKESA, now: Instant) {
        // What we did not ask for is not even decrypted.
        guard sa.requests.expects(header.messageID, header.exchange), sa.protection != nil else {
            if Self.saysUnknown(datagram) { suspect(sa, now: now) }
            return
        }
        switch sa.protection?.open(datagram) {
        case .message(let payloads)?:
            noteInbound(sa, now: now)
            takeAnswer(payloads, to: sa, now: now)
        case .invalid(let error)?:
            logDropped(error, header.exchange, sa.session?.connection.id, sa.path, now: now)
            // The peer's state and ours have come apart.
            takeBroken(sa, header.exchange, now: now)
        case .notAuthentic?:
            if Self.saysUnknown(datagram) { suspect(sa, now: now) }
        case .partial?, nil: break
        }
    }

    /// Whether it is what a host answers with that does not know the SPIs of a request (RFC 7296 §2.21.4).
    private static func saysUnknown(_ datagram: [UInt8]) -> Bool {
        guard datagram.count <= 2 * unprotectedAnswerCount, let message = try? IKEMessage.decode(datagram) else {
            return false
        }
        return message.payloads.contains {
            if case .notify(let notify) = $0 { notify.type == .invalidIKESPI } else { false }
        }
    }

    /// An authentic answer that is against the protocol ends what it belongs to.
    private func takeBroken(_ sa: IKESA, _ type: ExchangeType, now: Instant) {
        if case .authenticating = sa.state { return giveUp(sa, .malformed(in: type), now: now) }
        guard let session = sa.session, session.current == sa.id else { return end(sa, now: now) }
        release(sa)
        _ = sa.requests.finish()
        note(.malformed(in: type), session, now: now)
        close(session, .malformed(in: type), tellPeer: .delete, now: now)
    }

    // MARK: Requests

    private func takeRequest(
        _ datagram: [UInt8], _ header: IKEHeader, to sa: IKESA, on path: IKEPath, now: Instant
    ) {
        switch sa.answers.judge(header.messageID) {
        case .outside: return
        case .repeated:
            if sa.protection?.isAuthentic(datagram) ?? false { send(sa.answers.repetition(now: now), on: path) }
            return
        case .new: break
        }
        // The peer's answer to IKE_AUTH is still on its way, or lost, while the peer goes on: it will ask again.
        if case .authenticating = sa.state { return }
        if case .halfOpen(let state) = sa.state {
            guard header.exchange == .ikeAuth, derive(sa, state, now: now) else { return }
        }
        switch sa.protection?.open(datagram) {
        case .message(let payloads)?:
            noteInbound(sa, now: now)
            follow(path, sa)
            dispatch(payloads, header, to: sa, on: path, now: now)
        case .invalid(let error)?:
            logDropped(error, header.exchange, sa.session?.connection.id, path, now: now)
            answer(header, [.notify(error.answer ?? Notify(.invalidSyntax))], by: sa, on: path)
            if case .halfOpen = sa.state { end(sa, now: now) }
        case .partial?, .notAuthentic?, nil: break
        }
    }

    private func dispatch(_ payloads: [Payload], _ header: IKEHeader, to sa: IKESA, on path: IKEPath, now: Instant) {
        switch (sa.state, header.exchange) {
        case (.halfOpen(let state), .ikeAuth):
            takeAuthRequest(payloads, header, of: sa, state, on: path, now: now)
        case (.inEAP(let state), .ikeAuth):
            takeEAPRequest(payloads, header, of: sa, state, on: path, now: now)
        case (.inEAP(let state), .informational):
            takeEAPEnd(header, of: sa, state, on: path, now: now)
        case (.established, .createChildSA), (.replaced, .createChildSA), (.closing, .createChildSA):
            answer(header, takeCreateRequest(payloads, of: sa, now: now), by: sa, on: path)
        case (.established, .informational), (.replaced, .informational), (.closing, .informational):
            answer(header, takeInformational(payloads, of: sa, on: path, now: now), by: sa, on: path)
        case (.ended, _):
            // There is nothing left to be asked of; an answer lets the peer be.
            answer(header, [], by: sa, on: path)
        default:
            answer(header, [.notify(Notify(.invalidSyntax))], by: sa, on: path)
        }
    }

    /// The first IKE_AUTH has come: only now is the Diffie-Hellman exchange completed. `false`: it cannot be.
    private func derive(_ sa: IKESA, _ state: HalfOpen, now: Instant) -> Bool {
        if sa.protection != nil { return true }
        guard let secret = try? state.keyExchange.sharedSecret(with: state.peerValue) else {
            release(sa)
            end(sa, now: now)
            return false
        }
        let keys = IKEKeys.derive(
            state.suite, initiatorNonce: state.exchange.initiatorNonce.bytes,
            responderNonce: state.exchange.responderNonce.bytes, sharedSecret: secret, initiatorSPI: sa.remoteSPI,
            responderSPI: sa.id)
        sa.protection = MessageProtection(
            state.suite, keys, isInitiator: false,
            fragmentSize: state.abilities.fragments ? Self.fragmentSizeBeforeIdentity : nil)
        return true
    }

    /// Until it is known whose connection it is; smaller where the initiator's own fragments are.
    private static let fragmentSizeBeforeIdentity = 1280

    // MARK: Strangers

    /// Answers a higher major version, which nobody speaks yet, with ours (RFC 7296 §2.5).
    private func answerUnreadable(_ datagram: [UInt8], _ error: MessageError, on path: IKEPath, now: Instant) {
        guard let notify = error.answer, case .unsupportedMajorVersion = error.reason,
            datagram.count >= Self.unprotectedAnswerCount, let header = IKEHeader.decodeOfOtherVersion(datagram),
            !header.isResponse, replyBudget.take(at: now)
        else { return }
        refuse(header, notify, on: path)
    }

    /// A request to SPIs that are not, or no more, ours is answered with INVALID_IKE_SPI, which lets a peer whose SA we lost look after
    /// it (RFC 7296 §2.21.4). It is no longer than the request, and there are not many a second.
    private func answerUnknown(_ header: IKEHeader, count: Int, on path: IKEPath, now: Instant) {
        guard !header.isResponse, header.exchange != .ikeSAInit, count >= Self.unprotectedAnswerCount,
            replyBudget.take(at: now)
        else { return }
        var answer = header
        answer.flags = header.isFromInitiator ? [.response] : [.response, .initiator]
        outbox.append(
            IKEDatagram(IKEMessage(answer, [.notify(Notify(.invalidIKESPI))]).encoded(), on: path))
    }

    /// Bytes of a message with one notify that has no data.
    private static let unprotectedAnswerCount = IKEHeader.byteCount + 8

    // MARK: What a genuine message tells

    private func noteInbound(_ sa: IKESA, now: Instant) {
        sa.session?.lastInbound = now
    }

    /// The peer, behind a NAT, has come by another way (RFC 7296 §2.23).
    private func follow(_ path: IKEPath, _ sa: IKESA) {
        guard let session = sa.session, session.path != path else { return }
        guard session.path.remote != path.remote else {
            // Only our own side of it was not known, or has changed.
            return setPath(path, of: session)
        }
        if session.abilities.isBehindNAT.theirs { setPath(path, of: session) }
    }

    func setPath(_ path: IKEPath, of session: Session) {
        guard session.path != path else { return }
        log(.info, session.connection.id, path, .pathChanged(from: session.path))
        session.path = path
        for sa in session.ids.compactMap({ sas[$0] }) { sa.path = path }
        let spis = session.children.map(\.inboundSPI)
        events.append(.pathChanged(session.connection.id, inboundSPIs: spis, path))
        touch(session)
    }
}
