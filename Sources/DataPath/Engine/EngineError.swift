package import PacketIO

/// Why the engine did not do what it was asked for.
package enum EngineError: Error, Hashable, CustomStringConvertible {
    case invalid(String)
    case noSuchInterface(String)
    case noSuchPeer
    case interfaceGone
    case wrongDomain(String, has: String)
    case ownKey
    case otherNamespace
    case wireGuardNotApproved
    case noIPsecPort(UInt16, IOError)
    case otherMark(interface: String, UInt32, other: String, UInt32)

    package var description: String {
        switch self {
        case .invalid(let what): "\(what) is not valid"
        case .noSuchInterface(let name): "there is no interface \(name)"
        case .noSuchPeer: "there is no such peer"
        case .interfaceGone: "the interface has been deleted"
        case .wrongDomain(let name, let domain): "the interface \(name) belongs to the domain \(domain)"
        case .otherNamespace: "the interface is in another network namespace"
        case .wireGuardNotApproved:
            "OpenSSL is in FIPS mode, and WireGuard's algorithms are not approved: use IPsec"
        case .noIPsecPort(let port, let error):
            "IPsec needs the UDP port \(port), which cannot be had (another IKE daemon may have it): \(error)"
        case .otherMark(let name, let mark, let other, let othersMark):
            "the interface \(name) has fwmark \(mark), and \(other) has \(othersMark): with peers by IPsec both need the same, as "
                + "they share the UDP ports"
        case .ownKey: "a peer cannot have the interface's own key"
        }
    }
}
