internal import Addressing
internal import OpenSSL
internal import Tunneling

/// IKE_AUTH, as initiator (RFC 7296 §1.2): proves who we are, asks who the peer is, and makes the first CHILD SA.
extension IKEHost {
    func authenticate(
        by sa: IKESA, _ connection: Connection, _ exchange: InitExchange, _ abilities: PeerAbilities,
        _ requests: [CertificateRequest], now: Instant
    ) {
        guard let protection = sa.protection else { return }
        let identification = connection.localIdentity.identification
        let octets = exchange.octets(ofInitiator: true, protection.keys, protection.suite, identification)
        var proof: AuthenticationPayload?
        var login: Authentication.Login?
        do throws(IKEFailure) {
            if let eap = connection.eapLogin {
                login = try Authentication.Login(eap, environment)
            } else {
                proof = try prove(octets, connection, abilities)
            }
        } catch {
            return fail(sa, error, now: now)
        }
        let authentication = Authentication(
            connection: connection, exchange: exchange, abilities: abilities, inboundSPI: newInboundSPI(), login: login)
        reserved.insert(authentication.inboundSPI)
        var payloads: [Payload] = [.initiatorIdentification(identification)]
        if proof != nil { payloads += certificates(of: connection) }
        if !hasSession(with: connection) { payloads.append(.notify(Notify(.initialContact))) }
        if let request = certificateRequest(connection) { payloads.append(.certificateRequest(request)) }
        if case .identity(let expected)? = connection.remoteIdentities.first {
            payloads.append(.responderIdentification(expected.identification))
        }
        if let proof { payloads.append(.authentication(proof)) }
        if let request = configurationRequest(connection) { payloads.append(.configuration(request)) }
        payloads.append(
            .securityAssociation(
                connection.profile.espProposals(
                    spi: authentication.inboundSPI, group: nil, usesESN: connection.usesESN)))
        payloads += [
            .initiatorTrafficSelectors(TrafficSelectorList(connection.selectorsAsked)),
            .responderTrafficSelectors(TrafficSelectorList(connection.remoteSelectors)),
            .notify(Notify(.mobikeSupported)),
        ]
        sa.state = .authenticating(authentication)
        request(.authentication, .ikeAuth, payloads, by: sa, now: now)
    }

    private func prove(
        _ octets: AuthOctets, _ connection: Connection, _ abilities: PeerAbilities
    ) throws(IKEFailure) -> AuthenticationPayload {
        do throws(AuthRefusal) {
            return try sign(octets, connection, abilities)
        } catch { throw .authentication(error) }
    }

    /// AUTH by what the connection's local credential is.
    func sign(
        _ octets: AuthOctets, _ connection: Connection, _ abilities: PeerAbilities
    ) throws(AuthRefusal) -> AuthenticationPayload {
        switch connection.local {
        case .sharedKey(let secret): SharedKeyAuth.sign(octets, by: secret)
        case .certificate(let certified):
            try SignatureAuth.sign(
                octets, by: certified.key, SignaturePolicy(connection.profile), peerHashes: abilities.signatureHashes)
        }
    }

    /// Sent without being asked for: some clients want them and do not say so.
    func certificates(of connection: Connection) -> [Payload] {
        guard case .certificate(let certified) = connection.local else { return [] }
        return certified.chain.map { .certificate(CertificatePayload(.x509Signature, $0.der)) }
    }

    func certificateRequest(_ connection: Connection) -> CertificateRequest? {
        guard case .certificate(let verifier) = connection.remote else { return nil }
        return CertificateRequest(.x509Signature, authorities: verifier.anchors.certificates.flatMap(\.publicKeyHash))
    }

    // MARK: The answer

    func takeAuthAnswer(_ payloads: [Payload], to sa: IKESA, _ authentication: Authentication, now: Instant) {
        do throws(IKEFailure) {
            guard let content = content(payloads, .ikeAuth, sa, now: now) else { throw .malformed(in: .ikeAuth) }
            // An error without a proof of identity means that the IKE SA is refused (RFC 7296 §2.21.2).
            if content.authentication == nil, let error = content.error {
                throw .refused(error.type, in: .ikeAuth)
            }
            if let login = authentication.login {
                return try advance(login, content, authentication, sa, now: now)
            }
            let (peer, proof) = try verifyResponder(content, authentication, sa)
            establish(sa, authentication, peer, proof, content, now: now)
        } catch {
            giveUp(sa, error, now: now)
        }
    }

    func verifyResponder(
        _ content: MessageContent, _ authentication: Authentication, _ sa: IKESA
    ) throws(IKEFailure) -> (Identity, PeerProof) {
        guard let protection = sa.protection, let identification = content.responderIdentification,
            let proof = content.authentication, let peer = Identity(identification)
        else { throw .malformed(in: .ikeAuth) }
        let octets = authentication.exchange.octets(
            ofInitiator: false, protection.keys, protection.suite, identification)
        do {
            return (peer, try verify(proof, of: octets, by: peer, content.certificates, authentication.connection))
        } catch {
            throw .authentication(error)
        }
    }

    /// Throws unless the peer is one that the connection expects, and has proven it.
    func verify(
        _ proof: AuthenticationPayload, of octets: AuthOctets, by peer: Identity,
        _ certificates: [CertificatePayload], _ connection: Connection
    ) throws(AuthRefusal) -> PeerProof {
        switch connection.remote {
        case .eap: throw .method(proof.method)
        case .sharedKey(let secret):
            guard connection.remoteIdentities.contains(where: { $0.matches(peer) }) else { throw .identity }
            try SharedKeyAuth.verify(proof, of: octets, by: secret)
            return .sharedKey
        case .certificate(let verifier):
            let chain = certificates.filter { $0.encoding == .x509Signature }.map(\.data)
            let leaf = try verifier.verify(
                chain: chain, identity: peer, expected: connection.remoteIdentities, at: environment.wallTime())
            try SignatureAuth.verify(proof, of: octets, by: leaf.publicKey, SignaturePolicy(connection.profile))
            return .certificate(leaf)
        }
    }

    func establish(
        _ sa: IKESA, _ authentication: Authentication, _ peer: Identity, _ proof: PeerProof, _ content: MessageContent,
        now: Instant
    ) {
        guard let protection = sa.protection, let record = records[authentication.connection.id] else {
            return giveUp(sa, .reconfigured, now: now)
        }
        var abilities = authentication.abilities
        abilities.mobike = content.notify(.mobikeSupported) != nil
        record.initiation = nil
        _ = sa.requests.finish()
        let session = open(
            record, authentication.connection, peer, proof, by: sa, begun: authentication.exchange.begun, abilities,
            now: now)
        takeConfiguration(content, session)
        takeLifetime(content, session, now: now)
        let agreed: AgreedChild
        do {
            let asked = ChildRequest(
                inboundSPI: authentication.inboundSPI, nonce: authentication.exchange.initiatorNonce,
                local: authentication.connection.selectorsAsked, remote: authentication.connection.remoteSelectors)
            agreed = try answeredChild(content, to: asked, session, .ikeAuth)
        } catch {
            // Without a CHILD SA the IKE SA is of no use: the next attempt begins from scratch.
            note(error, record, sa.path, now: now)
            return close(session, error, tellPeer: nil, now: now)
        }
        let keys = ChildKeys.derive(
            agreed.suite, prf: protection.suite.prf, d: protection.keys.d,
            initiatorNonce: authentication.exchange.initiatorNonce.bytes,
            responderNonce: authentication.exchange.responderNonce.bytes)
        install(agreed, keys, session, isInitiator: true, replaces: nil, sendsAtOnce: true, now: now)
        record.failures = 0
        record.isWanted = false
        settleDuplicates(of: session, initialContact: false, now: now)
    }
}
