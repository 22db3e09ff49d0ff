package import OpenSSL

/// A pair of ESP SAs, with all that the data path needs of it.
package struct ChildSA: Sendable {
    package let connection: ConnectionID
    /// Ours: what the peer's packets come with. Unique in the process.
    package let inboundSPI: UInt32
    /// The peer's: what our packets go with.
    package let outboundSPI: UInt32
    package let suite: ESPSuite
    /// Cipher key and salt, then the integrity key, if any, of each direction (RFC 7296 §2.17).
    package let inboundKeys: SecretBytes
    package let outboundKeys: SecretBytes
    package let usesESN: Bool
    /// What may be on our side of a packet.
    package let local: [TrafficSelector]
    /// What may be on the peer's side.
    package let remote: [TrafficSelector]
    package let path: IKEPath
    /// Whether we asked for it.
    package let isInitiator: Bool
    /// The inbound SPI of the SA that it takes over from, if any.
    package let replaces: UInt32?
    /// Whether packets may go out by it at once. If not, they go by the one it replaces until `HostEvent.outboundSwitched`.
    package let sendsAtOnce: Bool
}
