internal import OpenSSL

/// The client's end of EAP-MSCHAPv2.
struct MSCHAPv2Client: EAPConversation {
    private enum State {
        case idle
        /// What the server must prove that it knows the password by, and what comes of it.
        case responded(proof: [UInt8], EAPResult)
        case finished(EAPResult)
        case refused
    }

    private let mschap: MSCHAPv2
    private let user: String
    private let password: SecretBytes
    private let peerChallenge: [UInt8]
    private var state = State.idle

    init(_ mschap: MSCHAPv2, user: String, password: SecretBytes, peerChallenge: [UInt8]) {
        self.mschap = mschap
        self.user = user
        self.password = password
        self.peerChallenge = peerChallenge
    }

    mutating func receive(_ data: [UInt8]) -> EAPConversationStep {
        guard let packet = MSCHAPv2Packet(data) else { return .failed(.unexpectedMessage) }
        switch (state, packet.code) {
        case (.idle, .challenge):
            guard let challenge = packet.challenge, let identifier = packet.identifier else {
                return .failed(.unexpectedMessage)
            }
            return respond(to: challenge, identifier)
        case (.responded(let proof, let result), .success):
            let sent = Array(packet.data.prefix(proof.count))
            guard sent.withUnsafeBytes({ a in proof.withUnsafeBytes { constantTimeEquals(a, $0) } }) else {
                return .failed(.serverNotAuthentic)
            }
            state = .finished(result)
            return .send(MSCHAPv2Packet(.success, identifier: nil).bytes)
        case (.responded, .failure):
            state = .refused
            return .send(MSCHAPv2Packet(.failure, identifier: nil).bytes)
        default:
            return .failed(.unexpectedMessage)
        }
    }

    private mutating func respond(to challenge: [UInt8], _ identifier: UInt8) -> EAPConversationStep {
        guard let hash = mschap.passwordHash(password) else { return .failed(.wrongPassword(user: user)) }
        let name = Array(user.utf8)
        let challengeHash = mschap.challengeHash(peerChallenge: peerChallenge, challenge: challenge, user: name)
        let value = mschap.response(challengeHash: challengeHash, passwordHash: hash)
        let proof = mschap.authenticatorResponse(passwordHash: hash, response: value, challengeHash: challengeHash)
        let key = mschap.masterSessionKey(passwordHash: hash, response: value)
        state = .responded(proof: proof, EAPResult(peer: .user(user), key: key))
        let response = MSCHAPv2Packet.Response(peerChallenge: peerChallenge, value: value, name: name)
        return .send(MSCHAPv2Packet.response(identifier: identifier, response).bytes)
    }
}

extension MSCHAPv2Client: EAPClientConversation {
    /// `nil` before the server has proven itself.
    var result: EAPResult? {
        if case .finished(let result) = state { result } else { nil }
    }

    var refusal: EAPRefusal? {
        if case .refused = state { .wrongPassword(user: user) } else { nil }
    }
}
