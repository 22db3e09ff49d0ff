/// Something an operator may want to know. Text is made last, by `description`.
package struct IKELogLine: Hashable, Sendable {
    package enum Level: UInt8, Hashable, Sendable {
        case debug, info, notice, warning
    }

    package enum Event: Hashable, Sendable {
        case ikeEstablished(peer: Identity, IKESuite)
        case childEstablished(inboundSPI: UInt32, outboundSPI: UInt32, ESPSuite)
        case ikeRekeyed(IKESuite)
        case childRekeyed(inboundSPI: UInt32, outboundSPI: UInt32, ESPSuite)
        case childClosed(inboundSPI: UInt32)
        case ikeClosed(peer: Identity, IKEFailure?)
        /// An attempt, of ours or of a peer's, came to nothing.
        case failed(IKEFailure)
        /// By EAP; what the client called itself for that, and in IKE before.
        case login(identity: String, claimed: Identity?, failure: IKEFailure?)
        /// A message that cannot be read, or that lacks something; `nil` where not even its exchange is known.
        case dropped(ExchangeType?, MessageError)
        /// A certificate ends soon.
        case reauthenticating(peer: Identity)
        case pathChanged(from: IKEPath)
        /// Initiators have to prove their addresses from now on, or need not any more.
        case cookies(Bool)
    }

    package let level: Level
    /// `nil` while it is not known whose it is.
    package let connection: ConnectionID?
    package let path: IKEPath
    package let event: Event
}
