internal import OpenSSL
internal import Tunneling

/// IKE_AUTH with EAP, as initiator (RFC 7296 §2.16): the responder proves who it is first.
extension IKEHost {
    func advance(
        _ login: Authentication.Login, _ content: MessageContent, _ authentication: Authentication, _ sa: IKESA,
        now: Instant
    ) throws(IKEFailure) {
        var login = login
        if let key = login.key, let peer = login.peer {
            return try finishLogin(key, peer, content, authentication, sa, now: now)
        }
        if login.peer == nil {
            let (identity, proof) = try verifyResponder(content, authentication, sa)
            guard let identification = content.responderIdentification else { throw .malformed(in: .ikeAuth) }
            login.peer = Authentication.Responder(
                identity: identity, proof: proof, identification: identification)
        }
        guard let message = content.eap, let protection = sa.protection else { throw .malformed(in: .ikeAuth) }
        var answer: Payload
        switch login.client.receive(message) {
        case .send(let next): answer = .eap(next)
        case .failure(_, let refusal): throw .eap(refusal)
        case .success(_, let result):
            login.key = result.key
            let octets = authentication.exchange.octets(
                ofInitiator: true, protection.keys, protection.suite,
                authentication.connection.localIdentity.identification)
            answer = .authentication(SharedKeyAuth.sign(octets, by: result.key))
        }
        var next = authentication
        next.login = login
        sa.state = .authenticating(next)
        request(.authentication, .ikeAuth, [answer], by: sa, now: now)
    }

    /// The responder has to have the MSK too.
    private func finishLogin(
        _ key: SecretBytes, _ peer: Authentication.Responder, _ content: MessageContent,
        _ authentication: Authentication, _ sa: IKESA, now: Instant
    ) throws(IKEFailure) {
        guard let proof = content.authentication, let protection = sa.protection else {
            throw .malformed(in: .ikeAuth)
        }
        let octets = authentication.exchange.octets(
            ofInitiator: false, protection.keys, protection.suite, peer.identification)
        do throws(AuthRefusal) {
            try SharedKeyAuth.verify(proof, of: octets, by: key)
        } catch { throw .authentication(error) }
        establish(sa, authentication, peer.identity, peer.proof, content, now: now)
    }
}

extension Authentication.Login {
    init(_ login: Connection.EAPLogin, _ environment: Environment) throws(IKEFailure) {
        guard let client = EAPClient(identity: login.identity, login.method, environment) else {
            throw .eap(.methodUnavailable)
        }
        self.init(client: client)
    }
}
