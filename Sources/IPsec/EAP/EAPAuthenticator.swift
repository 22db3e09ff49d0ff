package import Tunneling

/// The end of an EAP exchange that lets clients in (RFC 3748), as the responder of an IKE SA is (RFC 7296 §2.16).
///
///     begin ──▶ identity ──▶ method ──▶ success │ failure
///                              ▲ │ Nak: another method, once
///                              └─┘
///
/// After success or failure it is used up. IKE delivers each message once and in order: nothing is sent again here.
package struct EAPAuthenticator {
    private enum State {
        case identity
        case method(any EAPServerConversation, type: UInt8, mayChange: Bool)
        case ended
    }

    private let directory: EAPDirectory
    private let environment: Environment
    private var state = State.identity
    private var identifier: UInt8 = 0
    private var rounds = 0
    /// What the client called itself when asked, cut to what a network access identifier may have (RFC 7542 §2.3).
    package private(set) var identity = ""
    /// Of the directory: who got in; before that and after a failure, who it may be.
    package private(set) var entry: Int?
    private static let longestIdentity = 253

    /// Why the client will not get in. It is told next, and may go without waiting for the end of that.
    package var refusal: EAPRefusal? {
        if case .method(let conversation, _, _) = state { conversation.refusal } else { nil }
    }

    /// More messages than the longest certificate chain needs.
    private static let roundLimit = 128

    package init(_ directory: EAPDirectory, _ environment: Environment) {
        self.directory = directory
        self.environment = environment
        identifier = randomBytes(1)[0]
    }

    package init(_ settings: EAPSettings, _ environment: Environment) {
        self.init(EAPDirectory([settings]), environment)
    }

    /// The first message to send: who are you?
    package mutating func begin() -> EAPMessage { request(EAPType.identity, []) }

    /// Goes on with what the client answered.
    package mutating func receive(_ message: EAPMessage) -> EAPStep {
        rounds += 1
        guard rounds <= Self.roundLimit else { return fail(.tooLong) }
        guard message.code == .response, message.identifier == identifier, let type = message.method else {
            return fail(.unexpectedMessage)
        }
        switch state {
        case .identity:
            // Who it is, the method will prove; IKE's own identity is another.
            identity = String(decoding: message.data.prefix(Self.longestIdentity), as: UTF8.self)
            entry = directory.entry(named: identity)
            guard type == EAPType.identity, let first = directory.methods(for: entry).first else {
                return fail(.unexpectedMessage)
            }
            return start(first, mayChange: true)
        case .method(let conversation, type, let mayChange):
            return advance(conversation, type, message.data, mayChange: mayChange)
        case .method(_, let offered, mayChange: true) where type == EAPType.nak:
            let wanted = directory.methods(for: entry).first { $0 != offered && message.data.contains($0) }
            guard let wanted else { return fail(.noCommonMethod(Array(message.data.prefix(16)))) }
            return start(wanted, mayChange: false)
        case .method, .ended:
            return fail(.unexpectedMessage)
        }
    }

    private mutating func start(_ type: UInt8, mayChange: Bool) -> EAPStep {
        let opening: [UInt8]
        let conversation: any EAPServerConversation
        if type == EAPType.tls {
            guard let server = EAPTLSServer(directory, named: entry, at: environment.wallTime()) else {
                return fail(.methodUnavailable)
            }
            (opening, conversation) = (EAPTLSServer.opening, server)
        } else {
            guard let mschap = MSCHAPv2() else { return fail(.methodUnavailable) }
            let server = MSCHAPv2Server(
                mschap, directory, named: entry, name: directory.name,
                challenge: randomBytes(MSCHAPv2Packet.challengeCount), identifier: randomBytes(1)[0])
            (opening, conversation) = (server.opening, server)
        }
        state = .method(conversation, type: type, mayChange: mayChange)
        return .send(request(type, opening))
    }

    private mutating func advance(
        _ conversation: any EAPServerConversation, _ type: UInt8, _ data: [UInt8], mayChange: Bool
    ) -> EAPStep {
        var conversation = conversation
        let step = conversation.receive(data)
        state = .method(conversation, type: type, mayChange: false)
        switch step {
        case .send(let data):
            if conversation.refusal != nil { entry = conversation.entry ?? entry }
            return .send(request(type, data))
        case .done(let result):
            state = .ended
            entry = conversation.entry
            return .success(EAPMessage(.success, identifier: identifier), result)
        case .failed(let refusal):
            entry = conversation.entry ?? entry
            return fail(refusal)
        }
    }

    private mutating func request(_ type: UInt8, _ data: [UInt8]) -> EAPMessage {
        identifier &+= 1
        return EAPMessage(.request, identifier: identifier, method: type, data: data)
    }

    private mutating func fail(_ refusal: EAPRefusal) -> EAPStep {
        state = .ended
        return .failure(EAPMessage(.failure, identifier: identifier), refusal)
    }

    private func randomBytes(_ count: Int) -> [UInt8] { environment.randomBytes(count) }
}

extension Environment {
    func randomBytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { random($0) }
        return bytes
    }
}
