internal import OpenSSL
internal import Tunneling

/// IKE_AUTH with EAP, as responder (RFC 7296 §2.16).
///
///     without AUTH ──our AUTH, who are you?──▶ inEAP ──EAP──▶ … ──EAP-Success──▶ AUTH by the MSK ──▶ established
///                                                └──EAP-Failure──▶ ended
extension IKEHost {
    /// The initiator has sent no AUTH: it wants to prove who it is by EAP, after we have.
    func beginEAP(
        _ record: ConnectionRecord, _ content: MessageContent, _ identification: Identification, _ header: IKEHeader,
        _ sa: IKESA, _ state: HalfOpen, on path: IKEPath, now: Instant
    ) throws(IKEFailure) {
        guard case .eap(let settings) = record.connection.remote, let protection = sa.protection else {
            throw .unknownPeer(nil)
        }
        var authenticator = EAPAuthenticator(settings, environment)
        var answer = try ownProof(record.connection, state, protection)
        answer.append(.eap(authenticator.begin()))
        sa.state = .inEAP(
            EAPAuthentication(
                connection: record.connection.id, halfOpen: state, identification: identification, request: content,
                authenticator: authenticator))
        sa.endsAt = now + EAPAuthentication.lifetime
        self.answer(header, answer, by: sa, on: path)
    }

    func takeEAPRequest(
        _ payloads: [Payload], _ header: IKEHeader, of sa: IKESA, _ state: EAPAuthentication, on path: IKEPath,
        now: Instant
    ) {
        do throws(IKEFailure) {
            guard let content = try? MessageContent(payloads), let record = records[state.connection] else {
                throw .malformed(in: .ikeAuth)
            }
            if let result = state.result {
                return try finishEAP(result, content, record, header, sa, state, on: path, now: now)
            }
            guard let message = content.eap else { throw .malformed(in: .ikeAuth) }
            var state = state
            switch state.authenticator.receive(message) {
            case .send(let next): answer(header, [.eap(next)], by: sa, on: path)
            case .success(let last, let result):
                state.result = result
                answer(header, last.map { [.eap($0)] } ?? [], by: sa, on: path)
            case .failure(let last, let refusal):
                note(.eap(refusal), record, path, now: now)
                answer(header, last.map { [.eap($0)] } ?? [], by: sa, on: path)
                return end(sa, now: now)
            }
            sa.state = .inEAP(state)
        } catch {
            refuse(sa, header, Notify(.authenticationFailed), error, on: path, now: now)
        }
    }

    /// Both have the MSK: each proves it by an AUTH payload of its own.
    private func finishEAP(
        _ result: EAPResult, _ content: MessageContent, _ record: ConnectionRecord, _ header: IKEHeader, _ sa: IKESA,
        _ state: EAPAuthentication, on path: IKEPath, now: Instant
    ) throws(IKEFailure) {
        guard let proof = content.authentication, let protection = sa.protection else {
            throw .malformed(in: .ikeAuth)
        }
        let exchange = state.halfOpen.exchange
        do throws(AuthRefusal) {
            let octets = exchange.octets(ofInitiator: true, protection.keys, protection.suite, state.identification)
            try SharedKeyAuth.verify(proof, of: octets, by: result.key)
        } catch { throw .authentication(error) }
        let own = exchange.octets(
            ofInitiator: false, protection.keys, protection.suite, record.connection.localIdentity.identification)
        release(sa)
        finishAuthentication(
            state.request, header, sa, record, result.identity(or: state.identification), exchange,
            state.halfOpen.abilities, [.authentication(SharedKeyAuth.sign(own, by: result.key))], on: path, now: now)
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
