package import TestLab

/// How an end of an IPsec link proves who it is.
package enum IPsecProof: Sendable {
    case secret(String)
    case certificate(Certificate, intermediates: [Certificate] = [])
    /// A client's alone, by EAP.
    case login(IPsecLogin)
}

/// How a client of the kind that phones and laptops have proves who it is.
package enum IPsecLogin: Sendable {
    /// EAP-MSCHAPv2.
    case password(user: String, String)
    /// EAP-TLS, as somebody whom the certificate names.
    case certificate(Certificate, user: String)
}

/// An end of an IPsec link, as itself and as the other end knows it.
package struct IPsecParty: Sendable {
    /// `gate.example`, `spiffe://acme/gate`, `O=acme, CN=gate`, or an address.
    package var identity: String
    package var proof: IPsecProof
    /// Where it is in the underlay; none: nobody knows.
    package var address: String?
    /// Prefixes behind it.
    package var prefixes: [String]

    package init(_ identity: String, _ proof: IPsecProof, at address: String?, _ prefixes: [String]) {
        self.identity = identity
        self.proof = proof
        self.address = address
        self.prefixes = prefixes
    }
}

/// What one end of an IPsec link is told, whatever implements it.
package struct IPsecSettings: Sendable {
    package var local: IPsecParty
    package var remote: IPsecParty
    /// Who may issue the other end's certificate.
    package var authorities: [Certificate] = []
    /// Whether this end makes the SAs, at once and whenever they are gone.
    package var begins = false
    package var profile = IPsecProfile.modern
    /// What strongSwan offers and takes; cvland has the profile.
    package var ikeSuites = [IKESuite.usual]
    package var espSuites = [ESPSuite.usual]
    /// Seconds after which this end makes new keys; none: hours.
    package var ikeLifetime: Int?
    package var childLifetime: Int?
    /// Seconds of silence after which the other end is asked whether it lives.
    package var livenessInterval: Int?
    /// Whether strongSwan speaks of its addresses (RFC 4555). If it does, it follows nothing but what is said of them.
    package var usesMOBIKE = true
    /// The longest IKE message that goes in one piece, in bytes of an IP packet.
    package var fragmentSize: Int?
    /// A client asks for an address inside; a server gives them out of this prefix.
    package var asksForAddress = false
    package var pool: String?

    package init(_ local: IPsecParty, _ remote: IPsecParty) {
        self.local = local
        self.remote = remote
    }
}
