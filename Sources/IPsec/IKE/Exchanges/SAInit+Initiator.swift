internal import Addressing
internal import Tunneling

/// IKE_SA_INIT, as initiator (RFC 7296 §1.2).
///
///     request ──COOKIE──▶ again, with the cookie
///        ├──INVALID_KE_PAYLOAD──▶ again, with a key of the group that the peer wants
///        ├──other error──▶ some seconds more for a better answer, then failed
///        └──SA, KE, Nr──▶ IKE_AUTH
extension IKEHost {
    /// Begins to set up the connection, at the next of its endpoints.
    func begin(_ record: ConnectionRecord, now: Instant) {
        record.retryAt = .never
        let connection = record.connection
        guard record.initiation == nil, !connection.remoteEndpoints.isEmpty else { return }
        let remote = connection.remoteEndpoints[record.failures % connection.remoteEndpoints.count]
        let path = IKEPath(
            remote: remote,
            localPort: remote.port == IKEPath.plainPort ? IKEPath.plainPort : IKEPath.encapsulationPort)
        guard sas.count < settings.maximumIKESAs else { return fail(record, .limit, on: path, now: now) }
        let initiation = Initiation(
            connection: connection, nonce: newNonce(), keyExchange: KeyExchange(connection.profile.preferredGroup))
        let sa = IKESA(
            id: newSPI(), remoteSPI: 0, isInitiator: true, path: path, state: .initiating(initiation), now: now)
        add(sa, now: now)
        record.initiation = sa.id
        sendInitiation(initiation, by: sa, now: now)
    }

    private func sendInitiation(_ initiation: Initiation, by sa: IKESA, now: Instant) {
        var initiation = initiation
        let connection = initiation.connection
        var payloads: [Payload] = []
        // First, so that a responder under load need not look further (RFC 7296 §2.6).
        if !initiation.cookie.isEmpty { payloads.append(.notify(Notify(.cookie, data: initiation.cookie))) }
        payloads += [
            .securityAssociation(connection.profile.ikeProposals(preferring: initiation.keyExchange.group)),
            .keyExchange(KeyExchangePayload(initiation.keyExchange.group, initiation.keyExchange.publicValue)),
            .nonce(initiation.nonce.bytes),
        ]
        payloads += initNotifies(sa, connection.profile)
        let header = sa.header(.ikeSAInit, isResponse: false, messageID: 0)
        initiation.message = IKEMessage(header, payloads).encoded()
        sa.state = .initiating(initiation)
        send([initiation.message], of: sa)
        sa.requests.begin(
            .initiation, .ikeSAInit, [initiation.message], settings.retransmission, jitter: random(), now: now)
        touch(sa)
    }

    /// What both sides say in IKE_SA_INIT of themselves and of the way.
    func initNotifies(_ sa: IKESA, _ profile: Profile) -> [Payload] {
        return NATDetection.notifies(
            initiatorSPI: sa.initiatorSPI, responderSPI: sa.responderSPI, sa.path,
            untrue: randomBytes(NATDetection.count))
            + [
                .notify(Notify(.fragmentationSupported)),
                .notify(.signatureHashAlgorithms(SignaturePolicy(profile).hashes)),
            ]
    }

    // MARK: The answer

    /// Nothing of it is authentic yet: what cannot be right is passed over, as the right answer may still come.
    func takeInitAnswer(
        _ datagram: [UInt8], _ header: IKEHeader, to sa: IKESA, on path: IKEPath, now: Instant
    ) {
        guard case .initiating(let initiation) = sa.state, sa.requests.expects(header.messageID, header.exchange),
            let message = try? IKEMessage.decode(datagram), let content = try? MessageContent(message.payloads)
        else { return }
        if let cookie = content.notify(.cookie), content.proposals == nil {
            return restart(sa, initiation, now: now) { $0.cookie = cookie.data }
        }
        if let wanted = content.notify(.invalidKEPayload) {
            return changeGroup(of: sa, initiation, wanted.acceptableGroup, now: now)
        }
        if content.notify(.redirect) != nil { return doubt(sa, .redirected, now: now) }
        if let error = content.error {
            return doubt(
                sa, error.type == .noProposalChosen ? .offerRefused : .refused(error.type, in: .ikeSAInit), now: now)
        }
        guard header.responderSPI != 0, let chosen = content.proposals, let value = content.keyExchange,
            let nonce = content.nonce
        else { return }
        let profile = initiation.connection.profile
        let suite: IKESuite
        do {
            let group = initiation.keyExchange.group
            suite = try profile.ikeSuite(
                answered: chosen, to: profile.ikeProposals(preferring: group), keyExchange: group
            ).suite
        } catch {
            return doubt(sa, .proposals(error), now: now)
        }
        guard value.group == suite.group.rawValue,
            let secret = try? initiation.keyExchange.sharedSecret(with: value.publicValue)
        else { return doubt(sa, .malformed(in: .ikeSAInit), now: now) }
        sa.remoteSPI = header.responderSPI
        // The way back tells our own address.
        sa.path.source = path.source
        guard let abilities = abilities(content, sa) else {
            sa.remoteSPI = 0
            return doubt(sa, .noEncapsulation, now: now)
        }
        sa.endsAt = .never
        let exchange = InitExchange(
            initiatorNonce: initiation.nonce, responderNonce: Nonce(bytes: nonce),
            initiatorMessage: initiation.message, responderMessage: datagram, begun: sa.created)
        let keys = IKEKeys.derive(
            suite, initiatorNonce: initiation.nonce.bytes, responderNonce: nonce, sharedSecret: secret,
            initiatorSPI: sa.initiatorSPI, responderSPI: sa.responderSPI)
        sa.protection = MessageProtection(
            suite, keys, isInitiator: true,
            fragmentSize: abilities.fragments ? initiation.connection.fragmentSize : nil)
        _ = sa.requests.finish()
        sa.path = sa.path.encapsulated
        authenticate(by: sa, initiation.connection, exchange, abilities, content.certificateRequests, now: now)
    }

    /// What the peer says in IKE_SA_INIT of itself and of the way; `nil`: it does no NAT traversal.
    func abilities(_ content: MessageContent, _ sa: IKESA) -> PeerAbilities? {
        let nat = NATDetection.result(
            content.notifies, initiatorSPI: sa.initiatorSPI,
            // The initiator did not know the responder's SPI when it asked.
            responderSPI: sa.isInitiator ? sa.responderSPI : 0, sa.path)
        guard let nat else { return nil }
        var abilities = PeerAbilities()
        abilities.isBehindNAT = nat
        abilities.fragments = content.notify(.fragmentationSupported) != nil
        abilities.signatureHashes = content.notify(.signatureHashAlgorithms)?.signatureHashAlgorithms.map { Set($0) }
        return abilities
    }

    /// Waits a moment for a better answer, while the request goes on being sent.
    private func doubt(_ sa: IKESA, _ failure: IKEFailure, now: Instant) {
        guard case .initiating(var initiation) = sa.state else { return }
        // The first reason counts: an attacker who is late changes nothing.
        initiation.doubt = initiation.doubt ?? failure
        sa.state = .initiating(initiation)
        sa.endsAt = min(sa.endsAt, now + settings.graceAfterRefusal)
        touch(sa)
    }

    private func changeGroup(of sa: IKESA, _ initiation: Initiation, _ wanted: DHGroup?, now: Instant) {
        guard let group = wanted,
            initiation.connection.profile.groups.contains(group), group != initiation.keyExchange.group
        else { return doubt(sa, .offerRefused, now: now) }
        restart(sa, initiation, now: now) { $0.keyExchange = KeyExchange(group) }
    }

    private func restart(_ sa: IKESA, _ initiation: Initiation, now: Instant, _ change: (inout Initiation) -> Void) {
        guard initiation.restarts < Initiation.maximumRestarts else {
            return doubt(sa, .refused(.cookie, in: .ikeSAInit), now: now)
        }
        var initiation = initiation
        initiation.restarts += 1
        change(&initiation)
        sa.requests.restart()
        sendInitiation(initiation, by: sa, now: now)
    }
}
