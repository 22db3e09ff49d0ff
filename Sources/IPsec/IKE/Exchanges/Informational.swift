internal import Tunneling

/// INFORMATIONAL (RFC 7296 §1.4): deletes, errors, news of addresses; empty, it asks whether we are there.
extension IKEHost {
    /// What answers the request.
    func takeInformational(_ payloads: [Payload], of sa: IKESA, on path: IKEPath, now: Instant) -> [Payload] {
        let content: MessageContent
        do {
            content = try MessageContent(payloads)
        } catch {
            logDropped(error, .informational, sa.session?.connection.id, path, now: now)
            return [.notify(error.answer ?? Notify(.invalidSyntax))]
        }
        if content.deletes.contains(.ike) || content.notify(.authenticationFailed) != nil {
            takeEnd(of: sa, isRefusal: content.notify(.authenticationFailed) != nil, now: now)
            return []
        }
        guard let session = sa.session else { return [] }
        var answer: [Payload] = []
        var deleted: [UInt32] = []
        for case .esp(let spis) in content.deletes { deleted += delete(spis, session, now: now) }
        if !deleted.isEmpty { answer.append(.delete(.esp(deleted))) }
        takeLifetime(content, session, now: now)
        if content.notify(.updateSAAddresses) != nil {
            answer += takeUpdate(content, session, by: sa, on: path, now: now)
        }
        if let cookie = content.notify(.cookie2) { answer.append(.notify(cookie)) }
        return answer
    }

    /// The peer deletes the SAs that it receives with. Ours of the same pairs, which it is answered with; none for what we are deleting
    /// too (RFC 7296 §1.4.1).
    private func delete(_ outboundSPIs: [UInt32], _ session: Session, now: Instant) -> [UInt32] {
        var answer: [UInt32] = []
        for spi in outboundSPIs {
            guard let index = session.index(ofOutbound: spi) else { continue }
            let child = session.children[index]
            if child.state != .closing { answer.append(child.inboundSPI) }
            retire(child.inboundSPI, session, now: now)
        }
        replaceLost(session, now: now)
        return answer
    }

    /// The peer ends an IKE SA.
    private func takeEnd(of sa: IKESA, isRefusal: Bool, now: Instant) {
        if let session = sa.session {
            session.ids.removeAll { $0 == sa.id }
            if session.rival?.id == sa.id {
                // It has found ours to be the better one.
                session.rival = nil
            } else if session.current == sa.id, !adoptRival(of: session, now: now) {
                guard session.supersededUntil == nil else {
                    // As it should.
                    close(session, .replaced, tellPeer: nil, now: now)
                    return end(sa, now: now)
                }
                let failure: IKEFailure =
                    isRefusal ? .refused(.authenticationFailed, in: .informational) : .deletedByPeer
                note(failure, session, now: now)
                close(session, failure, tellPeer: nil, now: now)
            }
        }
        end(sa, now: now)
    }
}
