// Fields whose value is one of a few words. The raw value is the word in a manifest.

/// What a member may do to the tenant's manifests.
package enum MemberRole: String, Sendable, Hashable, CaseIterable {
    case admin, member, readonly
}

/// What happens to a flow.
package enum PolicyAction: String, Sendable, Hashable, CaseIterable {
    case allow, deny
}

/// How a link is encrypted.
package enum LinkProtocol: String, Sendable, Hashable, CaseIterable {
    case wireguard, ipsec
}

/// Which algorithms an IPsec link may use.
package enum IPsecProfile: String, Sendable, Hashable, CaseIterable {
    case modern, cnsa, compatible
}

/// How whoever uses a device logs in (EAP, RFC 7296 §2.16).
package enum EAPMethod: String, Sendable, Hashable, CaseIterable {
    /// By name and password.
    case mschapv2
    /// By certificate.
    case tls
}

/// Whether an enrolled node joins at once or waits on a branch.
package enum EnrollmentApproval: String, Sendable, Hashable, CaseIterable {
    case automatic, review
}

/// Who peers with whom.
package enum Topology: String, Sendable, Hashable, CaseIterable {
    case mesh, hub
}

/// What a node is for.
package enum NodeRole: String, Sendable, Hashable, CaseIterable {
    case client, gateway, relay
    /// A device without our agent.
    case external
}

/// Whether a gateway hides the overlay's addresses from the hosts behind a route.
package enum RouteNAT: String, Sendable, Hashable, CaseIterable {
    case none, masquerade
}
