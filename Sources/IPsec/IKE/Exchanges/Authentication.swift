internal import OpenSSL
internal import Tunneling

/// IKE_AUTH as we began it (RFC 7296 §1.2), until it is answered.
struct Authentication {
    let connection: Connection
    let exchange: InitExchange
    let abilities: PeerAbilities
    /// For the first CHILD SA.
    let inboundSPI: UInt32
    /// What is under way where we prove who we are by EAP.
    var login: Login?

    struct Login {
        var client: EAPClient
        /// Who the responder is, once it has proven it.
        var peer: Responder?
        /// The MSK, once both have it.
        var key: SecretBytes?
    }

    struct Responder {
        let identity: Identity
        let proof: PeerProof
        let identification: Identification
    }
}

/// IKE_AUTH as responder, while the initiator proves who it is by EAP (RFC 7296 §2.16).
struct EAPAuthentication {
    /// What we have called ourselves, whichever connection it will be.
    let own: Identification
    /// Who may log in there.
    let logins: Logins
    let halfOpen: HalfOpen
    /// What the initiator calls itself, proven by nothing: Windows sends its address.
    let claimed: Identification
    /// The first request, which says what else the initiator wants.
    let request: MessageContent
    var authenticator: EAPAuthenticator
    /// Once it has succeeded: who it is, and the connection for that.
    var outcome: (result: EAPResult, connection: ConnectionID)?

    /// A human may have to type a password.
    static let lifetime = Instant.Span.seconds(120)

    /// The connection that the client has named itself for; `nil`: none.
    var connection: ConnectionID? { authenticator.entry.map { logins.ids[$0] } }
}

/// How a peer has proven who it is.
enum PeerProof {
    case sharedKey
    /// Its AUTH is signed by the key of this.
    case certificate(Certificate)
    case login(EAPResult.Peer)

    var certificate: Certificate? {
        switch self {
        case .certificate(let certificate), .login(.certificate(let certificate)): certificate
        case .sharedKey, .login(.user): nil
        }
    }
}
