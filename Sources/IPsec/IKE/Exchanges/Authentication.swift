/// IKE_AUTH as we began it (RFC 7296 §1.2), until it is answered.
struct Authentication {
    let connection: Connection
    let exchange: InitExchange
    let abilities: PeerAbilities
    /// For the first CHILD SA.
    let inboundSPI: UInt32
}
