internal import Addressing
internal import OpenSSL
internal import Tunneling

/// IKE_AUTH, as responder (RFC 7296 §1.2). A peer that fails is told AUTHENTICATION_FAILED and no more; the log has the reason.
extension IKEHost {
    func takeAuthRequest(
        _ payloads: [Payload], _ header: IKEHeader, of sa: IKESA, _ state: HalfOpen, on path: IKEPath, now: Instant
    ) {
        do {
            let content = try MessageContent(payloads)
            // Without a CHILD SA there is no IKE SA either: RFC 6023 is not announced.
            try content.require(
                .initiatorIdentification, .securityAssociation, .initiatorTrafficSelectors, .responderTrafficSelectors)
            try admit(content, header, sa, state, on: path, now: now)
        } catch let error as MessageError {
            logDropped(error, .ikeAuth, nil, path, now: now)
            refuse(sa, header, error.answer ?? Notify(.invalidSyntax), .malformed(in: .ikeAuth), on: path, now: now)
        } catch let failure as IKEFailure {
            refuse(sa, header, Notify(.authenticationFailed), failure, on: path, now: now)
        } catch {
            refuse(sa, header, Notify(.invalidSyntax), .malformed(in: .ikeAuth), on: path, now: now)
        }
    }

    private func admit(
        _ content: MessageContent, _ header: IKEHeader, _ sa: IKESA, _ state: HalfOpen, on path: IKEPath, now: Instant
    ) throws {
        guard let protection = sa.protection, let identification = content.initiatorIdentification,
            let peer = Identity(identification)
        else { throw IKEFailure.unknownPeer(nil) }
        let candidates = candidates(for: peer, content, protection.suite, on: path)
        guard let proof = content.authentication else {
            guard let record = candidates.first else { throw IKEFailure.unknownPeer(peer) }
            return try beginEAP(record, content, identification, header, sa, state, on: path, now: now)
        }
        let octets = state.exchange.octets(ofInitiator: true, protection.keys, protection.suite, identification)
        let (record, verified) = try firstVerified(candidates, proof, octets, peer, content.certificates, now: now)
        let connection = record.connection
        let answer = try ownProof(connection, state, protection)
        halfOpen.remove(state.origin)
        finishAuthentication(
            content, header, sa, record, peer, verified, state.exchange, state.abilities, answer, on: path, now: now)
    }

    /// Who we are, and the proof of it.
    func ownProof(
        _ connection: Connection, _ state: HalfOpen, _ protection: MessageProtection
    ) throws(IKEFailure) -> [Payload] {
        let own = connection.localIdentity.identification
        let octets = state.exchange.octets(ofInitiator: false, protection.keys, protection.suite, own)
        do throws(AuthRefusal) {
            let proof = try sign(octets, connection, state.abilities)
            return [.responderIdentification(own)] + certificates(of: connection) + [.authentication(proof)]
        } catch { throw .authentication(error) }
    }

    /// The peer is who it says: opens the session, with its first CHILD SA if that can be.
    func finishAuthentication(
        _ content: MessageContent, _ header: IKEHeader, _ sa: IKESA, _ record: ConnectionRecord, _ peer: Identity,
        _ proof: PeerProof, _ exchange: InitExchange, _ abilities: PeerAbilities, _ own: [Payload], on path: IKEPath,
        now: Instant
    ) {
        guard let protection = sa.protection else { return }
        var answer = own
        var abilities = abilities
        abilities.mobike = content.notify(.mobikeSupported) != nil
        sa.path = path
        sa.protection?.setFragmentSize(record.connection.fragmentSize)
        let session = open(
            record, record.connection, peer, proof, by: sa, begun: exchange.begun, abilities, now: now)
        do throws(ChildRefusal) {
            answer += try configurationAnswer(content, session, record)
            let (agreed, payloads) = try agree(to: content, with: session, isFirst: true)
            let keys = ChildKeys.derive(
                agreed.suite, prf: protection.suite.prf, d: protection.keys.d,
                initiatorNonce: exchange.initiatorNonce.bytes, responderNonce: exchange.responderNonce.bytes)
            install(
                agreed, keys, session, isInitiator: false, replaces: nil, sendsAtOnce: !isReached(session), now: now)
            answer += payloads
        } catch {
            // The IKE SA stands; what comes of it is the initiator's to say (RFC 7296 §1.2).
            note(error.failure, record, path, now: now)
            answer.append(.notify(error.notify))
        }
        if let notice = lifetimeNotice(session) { answer.append(notice) }
        if abilities.mobike { answer.append(.notify(Notify(.mobikeSupported))) }
        self.answer(header, answer, by: sa, on: path)
        settleDuplicates(of: session, initialContact: content.notify(.initialContact) != nil, now: now)
    }

    /// Refuses a peer for good: it may ask again what it asked, and gets the same answer for a while.
    func refuse(
        _ sa: IKESA, _ header: IKEHeader, _ notify: Notify, _ failure: IKEFailure, on path: IKEPath, now: Instant
    ) {
        logStranger(path, failure, now: now)
        answer(header, [.notify(notify)], by: sa, on: path)
        end(sa, now: now)
    }

    // MARK: Which connection

    /// The connections that such a peer may be meant for, best first.
    private func candidates(
        for peer: Identity, _ content: MessageContent, _ suite: IKESuite, on path: IKEPath
    ) -> [ConnectionRecord] {
        let address = path.remote.address
        let wanted = content.responderIdentification.flatMap(Identity.init)
        let leaf = content.certificates.first.flatMap { try? Certificate(der: $0.data) }
        let possible = index.order.compactMap { records[$0] }.filter { record in
            let connection = record.connection
            return connection.allows(address) && connection.profile.takes(suite)
                && connection.expects(peer, leaf, usesEAP: content.authentication == nil)
        }
        func rank(_ connection: Connection) -> Int {
            var rank = 0
            if let wanted, !wanted.isSame(as: connection.localIdentity) { rank += 8 }
            if !connection.suits(content) { rank += 4 }
            if !connection.names(address) { rank += 2 }
            // With EAP it is only a hint which of our names the peer knows.
            if !connection.remoteIdentities.contains(where: { $0.matches(peer) }) { rank += 1 }
            return rank
        }
        // Those of the same rank keep their order.
        return possible.enumerated().map { ($0, rank($1.connection), $1) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            .map(\.2)
    }

    /// What a peer can make us verify: a signature each.
    private static let maximumTries = 4

    private func firstVerified(
        _ candidates: [ConnectionRecord], _ proof: AuthenticationPayload, _ octets: AuthOctets, _ peer: Identity,
        _ certificates: [CertificatePayload], now: Instant
    ) throws(IKEFailure) -> (ConnectionRecord, PeerProof) {
        var first: IKEFailure?
        for record in candidates.prefix(Self.maximumTries) {
            do {
                return (record, try verify(proof, of: octets, by: peer, certificates, record.connection))
            } catch {
                record.lastFailure = FailureRecord(failure: .authentication(error), at: now)
                first = first ?? .authentication(error)
            }
        }
        throw first ?? .unknownPeer(peer)
    }
}

extension Connection {
    /// Whether the peer may be such a one, by what it says alone.
    func expects(_ peer: Identity, _ leaf: Certificate?, usesEAP: Bool) -> Bool {
        switch remote {
        // Who it is, EAP will tell.
        case .eap: usesEAP
        case _ where usesEAP: false
        case .sharedKey: remoteIdentities.contains { $0.matches(peer) }
        case .certificate: leaf.map { leaf in remoteIdentities.contains { $0.matches(peer, provenBy: leaf) } } ?? false
        }
    }

    /// Whether what the peer wants to send through is anything of ours.
    func suits(_ content: MessageContent) -> Bool {
        guard let theirs = content.initiatorTrafficSelectors, let ours = content.responderTrafficSelectors else {
            return false
        }
        return !ours.selectors.narrowed(to: localSelectors).isEmpty
            && (addressPool != nil || !theirs.selectors.narrowed(to: remoteSelectors).isEmpty)
    }
}

extension Profile {
    func takes(_ suite: IKESuite) -> Bool {
        encryptions.contains(suite.encryption) && prfs.contains(suite.prf) && groups.contains(suite.group)
            && suite.integrity.map(integrities.contains) ?? true
    }
}
