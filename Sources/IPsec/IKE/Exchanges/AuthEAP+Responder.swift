internal import OpenSSL
internal import Tunneling

/// IKE_AUTH with EAP, as responder (RFC 7296 §2.16).
///
///     without AUTH ──our AUTH, who are you?──▶ inEAP ──EAP──▶ … ──EAP-Success──▶ AUTH by the MSK ──▶ established
///                                                └──EAP-Failure──▶ ended
///
/// Which of several connections it is comes out by EAP alone. What the initiator calls itself before is only recorded: it may be an
/// address inside of its own network.
extension IKEHost {
    /// The initiator has sent no AUTH: it wants to prove who it is by EAP, after we have.
    func beginEAP(
        _ record: ConnectionRecord, _ content: MessageContent, _ claimed: Identification, _ header: IKEHeader,
        _ sa: IKESA, _ state: HalfOpen, on path: IKEPath, now: Instant
    ) throws(IKEFailure) {
        guard let logins = index.logins(as: record.connection.localIdentity), let protection = sa.protection else {
            throw .unknownPeer(nil)
        }
        sa.protection?.setFragmentSize(record.connection.fragmentSize)
        var authenticator = EAPAuthenticator(logins.directory, environment)
        var answer = try ownProof(record.connection, state, protection)
        answer.append(.eap(authenticator.begin()))
        sa.state = .inEAP(
            EAPAuthentication(
                own: record.connection.localIdentity.identification, logins: logins, halfOpen: state, claimed: claimed,
                request: content, authenticator: authenticator))
        sa.endsAt = now + EAPAuthentication.lifetime
        self.answer(header, answer, by: sa, on: path)
    }

    func takeEAPRequest(
        _ payloads: [Payload], _ header: IKEHeader, of sa: IKESA, _ state: EAPAuthentication, on path: IKEPath,
        now: Instant
    ) {
        var state = state
        do throws(IKEFailure) {
            guard let content = content(payloads, .ikeAuth, sa, now: now) else { throw .malformed(in: .ikeAuth) }
            if let (result, id) = state.outcome {
                return try finishEAP(result, id, content, header, sa, state, on: path, now: now)
            }
            guard let message = content.eap else { throw .malformed(in: .ikeAuth) }
            let known = state.authenticator.refusal
            switch state.authenticator.receive(message) {
            case .send(let next):
                if known == nil, let refusal = state.authenticator.refusal {
                    noteLogin(state, .eap(refusal), on: path, now: now)
                }
                answer(header, [.eap(next)], by: sa, on: path)
            case .success(let last, let result):
                // Its addresses and suites may be others than those that this client came by.
                guard let id = state.connection, admits(id, sa, on: path) else { throw .eap(.elsewhere) }
                state.outcome = (result, id)
                answer(header, last.map { [.eap($0)] } ?? [], by: sa, on: path)
            case .failure(let last, let refusal):
                if known == nil { noteLogin(state, .eap(refusal), on: path, now: now) }
                answer(header, last.map { [.eap($0)] } ?? [], by: sa, on: path)
                return end(sa, now: now)
            }
            sa.state = .inEAP(state)
        } catch {
            noteLogin(state, error, on: path, now: now)
            answer(header, [.notify(Notify(.authenticationFailed))], by: sa, on: path)
            end(sa, now: now)
        }
    }

    /// The client ends it, as some do instead of acknowledging that they were refused.
    func takeEAPEnd(_ header: IKEHeader, of sa: IKESA, _ state: EAPAuthentication, on path: IKEPath, now: Instant) {
        if state.authenticator.refusal == nil { noteLogin(state, .eap(.ended), on: path, now: now) }
        answer(header, [], by: sa, on: path)
        end(sa, now: now)
    }

    /// Both have the MSK: each proves it by an AUTH payload of its own.
    private func finishEAP(
        _ result: EAPResult, _ id: ConnectionID, _ content: MessageContent, _ header: IKEHeader, _ sa: IKESA,
        _ state: EAPAuthentication, on path: IKEPath, now: Instant
    ) throws(IKEFailure) {
        guard let proof = content.authentication, let protection = sa.protection, let record = records[id] else {
            throw .malformed(in: .ikeAuth)
        }
        let exchange = state.halfOpen.exchange
        do throws(AuthRefusal) {
            let octets = exchange.octets(ofInitiator: true, protection.keys, protection.suite, state.claimed)
            try SharedKeyAuth.verify(proof, of: octets, by: result.key)
        } catch { throw .authentication(error) }
        let own = exchange.octets(ofInitiator: false, protection.keys, protection.suite, state.own)
        release(sa)
        log(
            .info, id, path,
            .login(identity: state.authenticator.identity, claimed: Identity(state.claimed), failure: nil))
        finishAuthentication(
            state.request, header, sa, record, result.identity(or: state.claimed), .login(result.peer), exchange,
            state.halfOpen.abilities, [.authentication(SharedKeyAuth.sign(own, by: result.key))], on: path, now: now)
    }

    /// Whether a client that came so may use the connection.
    private func admits(_ id: ConnectionID, _ sa: IKESA, on path: IKEPath) -> Bool {
        guard let connection = records[id]?.connection, let suite = sa.protection?.suite,
            case .eap = connection.remote
        else { return false }
        return connection.allows(path.remote.address) && connection.profile.takes(suite)
    }

    /// The log alone learns who it was, and why: the client is told the same, whatever was wrong.
    private func noteLogin(_ state: EAPAuthentication, _ failure: IKEFailure, on path: IKEPath, now: Instant) {
        if let record = state.connection.flatMap({ records[$0] }) {
            record.lastFailure = FailureRecord(failure: failure, at: now)
        }
        guard logBudget.take(at: now) else { return }
        log(
            .notice, state.connection, path,
            .login(identity: state.authenticator.identity, claimed: Identity(state.claimed), failure: failure))
    }
}

extension EAPResult {
    /// Who the client has proven to be; what it called itself before is a hint at most.
    func identity(or claimed: Identification) -> Identity {
        switch peer {
        case .user(let name): name.contains("@") ? .email(name) : .fqdn(name)
        case .certificate(let certificate):
            Identity.preferred(of: certificate) ?? Identity(claimed) ?? .null
        }
    }
}
