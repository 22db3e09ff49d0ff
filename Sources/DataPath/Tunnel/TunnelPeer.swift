internal import Forwarding
internal import WireGuard

/// A peer of an interface, by either protocol.
enum TunnelPeer: Equatable {
    case wireGuard(PeerID)
    /// By its number in `IPsecRoutes`.
    case ipsec(UInt32)

    /// What tells the peers of an interface from each other in flows.
    var origin: PacketOrigin {
        switch self {
        case .wireGuard(let id): .peer(id.index)
        case .ipsec(let number): .peer(1 << 31 | number)
        }
    }
}
