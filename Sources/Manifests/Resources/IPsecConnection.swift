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
    /// How whoever uses the device logs in; the gateway shows its certificate then. `nil`: nobody does.
    @Located package var eap: EAPMethod? = nil
    /// The name in the login; `nil`: the identity's text.
    @Located package var user: String? = nil
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
        /// By a preshared key, or with EAP a password: the name of a Secret.
        case secret(Located<String>)
        /// By certificates, with EAP or without: that of the device must come from one of these authorities, in PEM.
        case authorities(Located<String>)
    }

    package var secret: Located<String>? { if case .secret(let name) = authentication { name } else { nil } }

    /// Whether the device is shown the gateway's certificate.
    package var gatewayProvesItself: Bool { eap != nil || secret == nil }

    /// The name that is logged in by.
    package var loginName: String { user ?? identity.text }

    package var authorities: Located<String>? { if case .authorities(let pem) = authentication { pem } else { nil } }
}
