/// What is wrong with a packet that cannot be judged by its headers.
@frozen
package enum PacketFault: UInt8, Error, CaseIterable, Sendable {
    /// Shorter than its headers say.
    case truncated
    /// Neither IPv4 nor IPv6, or lengths that contradict each other.
    case malformed
    /// A source route (IPv4 options 131 and 137, IPv6 routing type 0): it would end elsewhere than its destination says.
    case sourceRouted
    /// More IPv6 extension headers than anyone needs.
    case tooManyHeaders
    /// A first fragment without the whole transport header, or a later one that would overwrite it (RFC 1858, RFC 3128).
    case evasiveFragment
}
