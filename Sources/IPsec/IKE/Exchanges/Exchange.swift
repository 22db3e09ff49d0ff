/// What we want of the peer, and have not asked for yet.
enum ExchangeTask: Hashable {
    case createChild
    /// By its inbound SPI.
    case rekeyChild(UInt32)
    case deleteChild(UInt32)
    case rekeyIKE
    case deleteIKE(Farewell)
    case checkLiveness
    case updateAddresses
}

/// How an IKE SA is ended.
enum Farewell: Hashable {
    case delete
    /// The peer, who answered us, did not prove who it is (RFC 7296 §2.21.2).
    case authenticationFailed
}

/// What we have asked the peer for.
enum Exchange {
    /// Its state is the IKE SA's.
    case initiation
    case authentication
    case createChild(ChildRequest)
    case rekeyIKE(IKERekeying)
    case deleteChild(UInt32)
    case deleteIKE
    case checkLiveness
    case updateAddresses(cookie: [UInt8])

    /// Whether a CHILD SA of the session is being made or unmade by it: no time to rekey the IKE SA (RFC 7296 §2.25.1).
    var concernsChild: Bool {
        switch self {
        case .createChild, .deleteChild: true
        default: false
        }
    }
}
