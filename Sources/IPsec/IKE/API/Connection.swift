package import Addressing
package import OpenSSL

/// What a tunnel to a peer, or to any of many peers of a kind, is to be: who both sides are, how they prove it, and what goes
/// through.
package struct Connection: Sendable {
    package enum Start: Hashable, Sendable {
        /// Begins at once, and anew whenever it ends.
        case atOnce
        /// Begins when packets wait (`IKEHost.initiate`).
        case onDemand
        /// Waits for the peer.
        case never
    }

    /// How the peer has to prove who it is.
    package enum RemoteAuthentication: Sendable {
        /// A certificate that an anchor vouches for, and its name in it.
        case certificate(CertificateVerifier)
        case sharedKey(SecretBytes)
    }

    package let id: ConnectionID
    package var profile = Profile.modern
    package var start = Start.onDemand
    /// How we prove who we are.
    package var local: Credential
    package var localIdentity: Identity
    package var remote: RemoteAuthentication
    /// Whom the peer may be: any one of these.
    package var remoteIdentities: [IdentityPattern]
    /// Where to find the peer, best first. Port 500, unless the peer listens elsewhere. Empty: the peer comes to us, from anywhere.
    package var remoteEndpoints: [Endpoint] = []
    /// Whether the peer may come only from the addresses of `remoteEndpoints`.
    package var requiresRemoteEndpoint = false
    /// Our port 4500, or another that the process listens on for encapsulated traffic.
    package var localSelectors: [TrafficSelector]
    package var remoteSelectors: [TrafficSelector]
    /// Offers extended sequence numbers, and takes them first.
    package var usesESN = true
    package var lifetimes = Lifetimes()
    package var liveness = Liveness()
    /// Messages that are longer go in fragments (RFC 7383): bytes of a datagram, headers of IP and UDP included.
    package var fragmentSize = 1280
    /// Asks the peer for addresses, DNS servers and subnets (RFC 7296 §2.19).
    package var requestsAddresses: Set<IPFamily> = []
    /// Gives them to the peer.
    package var addressPool: AddressPool?

    package init(
        id: ConnectionID, local: Credential, localIdentity: Identity, remote: RemoteAuthentication,
        remoteIdentities: [IdentityPattern], localSelectors: [TrafficSelector], remoteSelectors: [TrafficSelector]
    ) {
        self.id = id
        self.local = local
        self.localIdentity = localIdentity
        self.remote = remote
        self.remoteIdentities = remoteIdentities
        self.localSelectors = localSelectors
        self.remoteSelectors = remoteSelectors
    }
}
