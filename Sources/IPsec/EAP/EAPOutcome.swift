package import OpenSSL

/// What to do after a message.
package enum EAPStep: Sendable {
    case send(EAPMessage)
    /// The authenticator also sends the message, EAP-Success; a client has none to send.
    case success(EAPMessage?, EAPResult)
    /// The authenticator also sends the message, EAP-Failure; a client has none to send.
    case failure(EAPMessage?, EAPRefusal)
}

/// Who the other end is, and the key that both ends now have.
package struct EAPResult: Sendable {
    package enum Peer: Sendable {
        case user(String)
        case certificate(Certificate)
    }

    package let peer: Peer
    /// The MSK: the shared secret of both AUTH payloads (RFC 7296 §2.16).
    package let key: SecretBytes
}

package enum EAPRefusal: Error, Hashable, Sendable {
    /// Not what comes at this point, or not what its method's messages look like.
    case unexpectedMessage
    /// The client wants none of the methods that there are; what it wants instead.
    case noCommonMethod([UInt8])
    /// No such user, or another password. Which, is for the log alone: the client is not told.
    case wrongPassword(user: String)
    case unknownUser(String)
    /// The other end of MS-CHAPv2 does not know the password either.
    case serverNotAuthentic
    /// This OpenSSL has no MD4 and DES.
    case methodUnavailable
    case tls(TLSRefusal)
    case peer(AuthRefusal)
    /// More messages or bytes than any exchange needs.
    case tooLong
    /// The other end gave up.
    case ended
    /// It is who it says, and may not come from there, or by such a suite.
    case elsewhere
}

extension EAPRefusal: CustomStringConvertible {
    /// For a log line.
    package var description: String {
        switch self {
        case .unexpectedMessage: "EAP message that does not belong here"
        case .noCommonMethod(let wanted): "no EAP method in common, client wants \(wanted)"
        case .wrongPassword(let user): "wrong password of user \(user.debugDescription)"
        case .unknownUser(let user): "unknown user \(user.debugDescription)"
        case .serverNotAuthentic: "server does not know the password"
        case .methodUnavailable: "EAP-MSCHAPv2 needs OpenSSL's legacy provider, which is not installed"
        case .tls(.certificate(let refusal)): "EAP-TLS: \(refusal)"
        case .tls(.protocolError(let reason)): "EAP-TLS: \(reason)"
        case .peer(let refusal): "EAP-TLS: \(refusal)"
        case .tooLong: "EAP exchange is too long"
        case .elsewhere: "not from this address, or not by this suite"
        case .ended: "EAP exchange was ended by the other end"
        }
    }
}

/// One end of a method, between EAP's own messages.
protocol EAPConversation {
    /// Type-data in, type-data out.
    mutating func receive(_ data: [UInt8]) -> EAPConversationStep
}

/// The authenticator's end of a method.
protocol EAPServerConversation: EAPConversation {
    /// Of the directory: whom the client has proven to be, or failed to; `nil` while that is not known, and for nobody.
    var entry: Int? { get }
    /// What has been decided while the client is still to be told; `nil`: nothing, or that all is well.
    var refusal: EAPRefusal? { get }
}

enum EAPConversationStep {
    case send([UInt8])
    case done(EAPResult)
    case failed(EAPRefusal)
}
