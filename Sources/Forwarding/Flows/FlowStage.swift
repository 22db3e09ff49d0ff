/// Where a flow is in its life. Each stage has one timeout and one list in the flow table, so that the oldest flow of a
/// stage is found at once.
///
///     unanswered ──reply──▶ icmp | udp | other          (by protocol)
///     unanswered ──reply──▶ established ──RST, or FIN of both ends──▶ closing ──SYN that the policy allows──▶ unanswered
///     unanswered ──RST──▶ closing
@frozen
package enum FlowStage: UInt8, CaseIterable, Sendable {
    /// Only the opener has spoken.
    case unanswered
    case closing
    case icmp
    case udp
    case other
    /// TCP, both ends have spoken.
    case established

    static func answered(_ protocolNumber: UInt8) -> FlowStage {
        switch protocolNumber {
        case IPProtocol.tcp: .established
        case IPProtocol.udp, IPProtocol.udpLite: .udp
        case IPProtocol.icmp, IPProtocol.icmpv6: .icmp
        default: .other
        }
    }

    /// Seconds after the last packet. RFC 5382 asks for 2 h 4 min of an idle TCP connection, RFC 4787 for 2 min of UDP,
    /// RFC 5508 for 60 s of ICMP queries.
    var timeout: UInt32 {
        switch self {
        case .unanswered, .closing, .icmp: 60
        case .udp: 180
        case .other: 600
        case .established: 7_500
        }
    }

    /// Seconds after which a flow may make room for a new one when the table is full: sooner than it would end by itself,
    /// but never while its ends are likely to be talking. Unanswered flows go first, and at any age.
    var evictableAfter: UInt32 {
        switch self {
        case .unanswered: 0
        case .closing: 5
        case .icmp: 10
        case .udp: 60
        case .other: 120
        case .established: 1_800
        }
    }
}
