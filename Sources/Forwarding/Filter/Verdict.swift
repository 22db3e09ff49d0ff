/// What is to be done with a packet.
@frozen
package enum Verdict: Hashable, Sendable {
    case pass
    case drop(DropReason)
}

@frozen
package enum DropReason: Hashable, Sendable {
    case fault(PacketFault)
    case deniedByRule
    case deniedByDefault
    /// The flow would be allowed, but there is no room for another one, or its origin has more than its share.
    case flowTableFull
    /// An ICMP error about a packet of no known flow, or not sent to that packet's sender.
    case unrelatedError
    /// A fragment whose first fragment has not passed.
    case unknownFragment
}
