/// Why an IKE or CHILD SA did not come about, or ended.
package enum IKEFailure: Error, Hashable, Sendable {
    /// No answer came to a request, however often it was sent.
    case noAnswer(to: ExchangeType)
    /// What the peer offered, or chose, is not what the connection's profile takes.
    case proposals(ProposalRefusal)
    /// The peer refused all that we offered.
    case offerRefused
    /// The peer answered with an error.
    case refused(NotifyType, in: ExchangeType)
    /// The peer did not prove who it is. Only we know why: it is told AUTHENTICATION_FAILED.
    case authentication(AuthRefusal)
    case eap(EAPRefusal)
    /// No connection knows a peer of this name, or none that suits it.
    case unknownPeer(Identity?)
    /// Neither side's traffic selectors have anything in common with the other's.
    case selectorsUnacceptable
    /// A message that is against the protocol.
    case malformed(in: ExchangeType)
    /// A payload that must be understood, and is not.
    case unsupportedPayload(UInt8)
    /// ESP goes in UDP alone here, and the peer cannot do that.
    case noEncapsulation
    /// The peer sends us to another gateway (RFC 5685), which the configuration does not name.
    case redirected
    /// The peer ended it.
    case deletedByPeer
    /// The peer began anew.
    case replaced
    /// Its time was up before a new one came.
    case expired
    /// The configuration has changed.
    case reconfigured
    /// There is no address left to give.
    case noAddress
    case limit
}
