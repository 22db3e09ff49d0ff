internal import OpenSSL

/// The authenticator's end of EAP-MSCHAPv2: challenge → response → success or failure → acknowledged.
struct MSCHAPv2Server: EAPServerConversation {
    private enum State {
        case challenged
        case granted(EAPResult)
        case refused(EAPRefusal)
    }

    /// The type-data of the first request.
    let opening: [UInt8]
    private let mschap: MSCHAPv2
    private(set) var entry: Int?
    private let directory: EAPDirectory
    private let named: Int?
    private let challenge: [UInt8]
    private let identifier: UInt8
    private var state = State.challenged

    init(
        _ mschap: MSCHAPv2, _ directory: EAPDirectory, named: Int?, name: String, challenge: [UInt8], identifier: UInt8
    ) {
        self.mschap = mschap
        self.directory = directory
        self.named = named
        self.challenge = challenge
        self.identifier = identifier
        opening = MSCHAPv2Packet.challenge(identifier: identifier, challenge, name: Array(name.utf8)).bytes
    }

    var refusal: EAPRefusal? {
        if case .refused(let refusal) = state { refusal } else { nil }
    }

    mutating func receive(_ data: [UInt8]) -> EAPConversationStep {
        guard let packet = MSCHAPv2Packet(data) else { return .failed(.unexpectedMessage) }
        switch state {
        case .challenged:
            guard let response = packet.response else { return .failed(.unexpectedMessage) }
            return judge(response)
        case .granted(let result):
            return packet.code == .success ? .done(result) : .failed(.unexpectedMessage)
        case .refused(let refusal):
            return .failed(refusal)
        }
    }

    private mutating func judge(_ response: MSCHAPv2Packet.Response) -> EAPConversationStep {
        // The domain is not in the hash either (RFC 2759 §4).
        let name = EAPDirectory.user(String(decoding: response.name, as: UTF8.self))
        let user = response.name.suffix(name.utf8.count)
        let challengeHash = mschap.challengeHash(
            peerChallenge: response.peerChallenge, challenge: challenge, user: Array(user))
        let known = directory.passwords(of: name, named: named)
        entry = known.first?.entry
        // A user who does not exist costs as much time as one who does.
        guard !known.isEmpty else {
            _ = proof(Self.nobody, response, challengeHash)
            return refuse(.unknownUser(name))
        }
        for (entry, password) in known {
            guard let hash = proof(password, response, challengeHash) else { continue }
            self.entry = entry
            let key = mschap.masterSessionKey(passwordHash: hash, response: response.value)
            state = .granted(EAPResult(peer: .user(name), key: key))
            let proof = mschap.authenticatorResponse(
                passwordHash: hash, response: response.value, challengeHash: challengeHash)
            return send(.success, proof + Array(" M=OK".utf8))
        }
        return refuse(.wrongPassword(user: name))
    }

    /// The password's hash, where the response is made with it.
    private func proof(
        _ password: SecretBytes, _ response: MSCHAPv2Packet.Response, _ challengeHash: [UInt8]
    ) -> SecretBytes? {
        guard let hash = mschap.passwordHash(password) else { return nil }
        let expected = mschap.response(challengeHash: challengeHash, passwordHash: hash)
        let isRight = expected.withUnsafeBytes { a in response.value.withUnsafeBytes { constantTimeEquals(a, $0) } }
        return isRight ? hash : nil
    }

    /// ERROR_AUTHENTICATION_FAILURE, without another try (RFC 2759 §6). A field for a new challenge must be there all the same.
    private mutating func refuse(_ refusal: EAPRefusal) -> EAPConversationStep {
        state = .refused(refusal)
        let zeros = String(repeating: "0", count: 2 * MSCHAPv2Packet.challengeCount)
        return send(.failure, Array("E=691 R=0 C=\(zeros) V=3 M=Authentication failed".utf8))
    }

    private func send(_ code: MSCHAPv2Packet.Code, _ data: [UInt8]) -> EAPConversationStep {
        .send(MSCHAPv2Packet(code, identifier: identifier, data).bytes)
    }

    private static let nobody = SecretBytes(count: 16) { _ in }
}
