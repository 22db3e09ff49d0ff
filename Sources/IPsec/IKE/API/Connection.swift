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
        /// As responder alone: we prove who we are first, by certificate, then the peer by EAP (RFC 7296 §2.16).
        case eap(EAPSettings)
    }

    /// How we prove who we are to a responder that wants EAP of us.
    package struct EAPLogin: Sendable {
        package let identity: String
        package let method: EAPClient.Method

        package init(identity: String, _ method: EAPClient.Method) {
            self.identity = identity
            self.method = method
        }
    }

    package let id: ConnectionID
    package var profile = Profile.modern
    package var start = Start.onDemand
    /// How we prove who we are.
    package var local: Credential
    package var localIdentity: Identity
    /// As initiator, instead of `local`.
    package var eapLogin: EAPLogin?
    package var remote: RemoteAuthentication
    /// Whom the peer may be: any one of these.
    package var remoteIdentities: [IdentityPattern]
    /// Where to find the peer, best first. Port 500, unless the peer listens elsewhere. Empty: the peer comes to us, from anywhere.
    package var remoteEndpoints: [Endpoint] = []
    /// Whether the peer may come only from the addresses of `remoteEndpoints`.
    package var requiresRemoteEndpoint = false
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

extension Connection {
    /// Why a connection cannot be.
    package enum Refusal: Error, Hashable, Sendable {
        /// A payload has room for 255 (RFC 7296 §3.13), and so many are left when those that touch are joined.
        case tooManySelectors(Int)
    }

    /// With no more traffic selectors than a payload has room for. They stay as they are where they fit.
    func fitting() throws(Refusal) -> Connection {
        var connection = self
        connection.localSelectors = try Self.fitting(localSelectors)
        connection.remoteSelectors = try Self.fitting(remoteSelectors)
        return connection
    }

    private static func fitting(_ selectors: [TrafficSelector]) throws(Refusal) -> [TrafficSelector] {
        guard selectors.count > [TrafficSelector].maximumCount else { return selectors }
        let merged = selectors.merged()
        guard merged.count <= [TrafficSelector].maximumCount else { throw .tooManySelectors(merged.count) }
        return merged
    }
}

extension Connection.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooManySelectors(let count):
            "\(count) traffic selectors on one side, while IKE has room for \([TrafficSelector].maximumCount)"
        }
    }
}
