package import Addressing

/// How a gateway reaches a device that speaks IPsec and has no agent of ours (`ipsec` of an external node).
package struct IPsecConnection: Hashable, Sendable {
    /// The node that holds the tunnel; `nil`: the only gateway of the network.
    @Located package var gateway: String? = nil
    /// `nil`: the device calls.
    @Located package var address: NodeEndpoint.Host? = nil
    @Located package var port: Int = IPsecConnection.defaultPort
    /// What the device calls itself.
    @Located package var identity: IKEIdentity
    /// What the gateway calls itself; `nil`: its SPIFFE URI.
    @Located package var localIdentity: IKEIdentity? = nil
    package var authentication: Authentication
    /// `nil`: the network's.
    @Located package var profile: IPsecProfile? = nil
    /// Traffic selectors; empty: what follows from the network.
    package var localSelectors: [Located<IPPrefix>] = []
    package var remoteSelectors: [Located<IPPrefix>] = []

    /// RFC 7296 §2: where IKE begins.
    package static let defaultPort = 500
    static let ports = 1...65_535
    static let mostSelectors = 256

    package init(identity: Located<IKEIdentity>, authentication: Authentication) {
        _identity = identity
        self.authentication = authentication
    }

    /// How the two know each other.
    package enum Authentication: Hashable, Sendable {
        /// By a preshared key: the name of a Secret.
        case secret(Located<String>)
        /// By certificates: that of the device must come from one of these authorities, in PEM.
        case authorities(Located<String>)
    }

    package var secret: Located<String>? { if case .secret(let name) = authentication { name } else { nil } }

    package var authorities: Located<String>? { if case .authorities(let pem) = authentication { pem } else { nil } }
}
