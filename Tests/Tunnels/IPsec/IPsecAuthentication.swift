package import TestLab

/// How the ends of an IPsec link know each other.
package enum IPsecAuthentication: Sendable, Hashable, CustomStringConvertible {
    case secret
    /// Both by certificates of one authority, with identities of that kind.
    case certificates(CertificateRequest.Key, Identity)

    package enum Identity: String, Sendable, CaseIterable {
        case spiffe, dns, name
    }

    /// Those that strongSwan can do: it does not find a URI in a certificate by its identity.
    package static let common: [IPsecAuthentication] = [
        .secret, .certificates(.p256, .dns), .certificates(.p384, .name), .certificates(.rsa, .dns),
    ]

    package var description: String {
        switch self {
        case .secret: "secret"
        case .certificates(let key, let identity): "\(key) certificates, identity \(identity)"
        }
    }

    /// Settings of both ends, each as itself and as the other knows it.
    package func parties(_ lab: Lab, left: String?, right: String?) throws -> IPsecPairSettings {
        switch self {
        case .secret:
            let proof = IPsecProof.secret("of left and right")
            return IPsecPairSettings(
                left: IPsecParty("left.example", proof, at: left, Self.leftPrefixes),
                right: IPsecParty("right.example", proof, at: right, Self.rightPrefixes))
        case .certificates(let key, let identity):
            let authority = try CertificateAuthority(lab)
            func party(_ name: String, at address: String?, _ prefixes: [String]) throws -> IPsecParty {
                let certificate = try authority.issue(
                    CertificateRequest(
                        "/O=acme/CN=\(name)", names: ["URI:spiffe://acme/\(name)", "DNS:\(name).example"], key: key))
                return IPsecParty(identity.text(name), .certificate(certificate), at: address, prefixes)
            }
            var settings = try IPsecPairSettings(
                left: party("left", at: left, Self.leftPrefixes), right: party("right", at: right, Self.rightPrefixes))
            settings.authority = authority
            settings.left.authorities = [authority.certificate]
            settings.right.authorities = [authority.certificate]
            return settings
        }
    }

    private static let leftPrefixes = ["10.1.0.0/24", "fd01::/64"]
    private static let rightPrefixes = ["10.2.0.0/24", "fd02::/64"]
}

extension IPsecAuthentication.Identity {
    fileprivate func text(_ name: String) -> String {
        switch self {
        case .spiffe: "spiffe://acme/\(name)"
        case .dns: "\(name).example"
        case .name: "O=acme, CN=\(name)"
        }
    }
}

/// What both ends of a link are told.
package struct IPsecPairSettings: Sendable {
    package var left: IPsecSettings
    package var right: IPsecSettings
    /// Of both, where they have certificates.
    package internal(set) var authority: CertificateAuthority?

    init(left: IPsecParty, right: IPsecParty) {
        self.left = IPsecSettings(left, right)
        self.right = IPsecSettings(right, left)
        self.left.begins = true
    }

    /// Changes what both are told.
    package mutating func both(_ change: (inout IPsecSettings) -> Void) {
        change(&left)
        change(&right)
    }
}
