package import Addressing
package import OpenSSL
package import WireGuard

/// One line of a `set=1` request. Those from `removePeer` on speak of the peer that the last `peer` named.
package enum UAPIOperation: Equatable, Sendable {
    /// `nil`: none any more.
    case privateKey(SecretKey?)
    case listenPort(UInt16)
    case mark(UInt32)
    case replacePeers
    case peer(PublicKey)
    case removePeer
    case updateOnly
    case presharedKey(SecretKey?)
    case endpoint(Endpoint)
    /// Seconds; 0: off.
    case persistentKeepalive(UInt16)
    case replaceAllowedIPs
    case addAllowedIP(IPPrefix)
    case removeAllowedIP(IPPrefix)
}
