/// A CHILD SA that we have asked for.
struct ChildRequest {
    let inboundSPI: UInt32
    let nonce: Nonce
    /// `nil` in IKE_AUTH, and where the peer wants none.
    var keyExchange: KeyExchange?
    /// The inbound SPI of what it is to take the place of.
    var replaces: UInt32?
    let local: [TrafficSelector]
    let remote: [TrafficSelector]
    /// Whether the peer has made us take another group already.
    var hasChangedGroup = false
}
