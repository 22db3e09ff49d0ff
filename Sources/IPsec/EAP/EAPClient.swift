package import OpenSSL
package import Tunneling

/// The end of an EAP exchange that wants to be let in, by one method.
package struct EAPClient {
    package enum Method: Sendable {
        case mschapv2(user: String, password: SecretBytes)
        case tls(EAPTLSSettings)
    }

    private let identity: String
    private let type: UInt8
    private var conversation: any EAPClientConversation

    /// `nil` for MS-CHAPv2 where OpenSSL has no MD4 and DES.
    package init?(identity: String, _ method: Method, _ environment: Environment) {
        self.identity = identity
        switch method {
        case .mschapv2(let user, let password):
            guard let mschap = MSCHAPv2() else { return nil }
            type = EAPType.mschapv2
            conversation = MSCHAPv2Client(
                mschap, user: user, password: password,
                peerChallenge: environment.randomBytes(MSCHAPv2Packet.challengeCount))
        case .tls(let settings):
            type = EAPType.tls
            conversation = EAPTLSClient(settings, at: environment.wallTime())
        }
    }

    package mutating func receive(_ message: EAPMessage) -> EAPStep {
        switch (message.code, message.method) {
        case (.request, EAPType.identity):
            return .send(response(to: message, EAPType.identity, Array(identity.utf8)))
        case (.request, EAPType.notification):
            return .send(response(to: message, EAPType.notification, []))
        case (.request, type):
            switch conversation.receive(message.data) {
            case .send(let data): return .send(response(to: message, type, data))
            case .done(let result): return .success(nil, result)
            case .failed(let refusal): return .failure(nil, refusal)
            }
        case (.request, .some):
            return .send(response(to: message, EAPType.nak, [type]))
        case (.success, _):
            // Who has proven nothing cannot let anybody in (RFC 3748 §4.2).
            guard let result = conversation.result else { return .failure(nil, .unexpectedMessage) }
            return .success(nil, result)
        case (.failure, _):
            return .failure(nil, conversation.refusal ?? .ended)
        case (.request, nil), (.response, _):
            return .failure(nil, .unexpectedMessage)
        }
    }

    private func response(to message: EAPMessage, _ type: UInt8, _ data: [UInt8]) -> EAPMessage {
        EAPMessage(.response, identifier: message.identifier, method: type, data: data)
    }
}

/// A client's end of a method: whether it has succeeded, it learns from EAP's own last message.
protocol EAPClientConversation: EAPConversation {
    /// What an EAP-Success would mean; `nil` where one would be too early.
    var result: EAPResult? { get }
    /// What an EAP-Failure means, where more is known than that.
    var refusal: EAPRefusal? { get }
}
