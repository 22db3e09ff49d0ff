package import Addressing

/// What the data path and the log have to know, in order. To be acted on before the datagrams of the same moment go out: the peer may
/// use an SA as soon as it has our answer.
///
///     childReady ──▶ outboundSwitched? ──▶ childRetired ──▶ childGone
package enum HostEvent: Sendable {
    /// Take packets in by it; send by it as `sendsAtOnce` says.
    case childReady(ChildSA)
    /// Packets go out by the SA with this inbound SPI from now on, instead of by those of its connection that came before.
    case outboundSwitched(inboundSPI: UInt32)
    /// Nothing goes out by it any more. What still comes in is taken.
    case childRetired(inboundSPI: UInt32)
    /// It is over in both directions.
    case childGone(inboundSPI: UInt32)
    /// Packets of these SAs go another way.
    case pathChanged(ConnectionID, inboundSPIs: [UInt32], IKEPath)
    /// The peer gave us addresses inside the tunnel (RFC 7296 §2.19).
    case addressesAssigned(ConnectionID, AssignedAddresses)
    /// The peer's authentication stands; `nil` when the last SA with the peer is gone.
    case peerChanged(ConnectionID, Identity?)
    case log(IKELogLine)
}

/// What a responder gives by configuration payloads.
package struct AssignedAddresses: Hashable, Sendable {
    package var addresses: [IPAddress]
    package var dnsServers: [IPAddress]
    /// Domains that those servers answer for; empty: all (RFC 8598).
    package var dnsDomains: [String]
    /// What is behind the peer.
    package var subnets: [IPPrefix]

    package init(
        addresses: [IPAddress] = [], dnsServers: [IPAddress] = [], dnsDomains: [String] = [], subnets: [IPPrefix] = []
    ) {
        self.addresses = addresses
        self.dnsServers = dnsServers
        self.dnsDomains = dnsDomains
        self.subnets = subnets
    }
}
