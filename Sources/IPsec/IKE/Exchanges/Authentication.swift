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
        var peer: (identity: Identity, identification: Identification)?
        /// The MSK, once both have it.
        var key: SecretBytes?
    }
}

/// IKE_AUTH as responder, while the initiator proves who it is by EAP (RFC 7296 §2.16).
struct EAPAuthentication {
    let connection: ConnectionID
    let halfOpen: HalfOpen
    let identification: Identification
    /// The first request, which says what else the initiator wants.
    let request: MessageContent
    var authenticator: EAPAuthenticator
    var result: EAPResult?

    /// A human may have to type a password.
    static let lifetime = Instant.Span.seconds(120)
}
