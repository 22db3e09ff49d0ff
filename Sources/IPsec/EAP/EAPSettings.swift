package import OpenSSL

/// What an authenticator lets clients in by.
package struct EAPSettings: Sendable {
    /// In the order of preference; a client that wants another of them gets it.
    package var methods: [EAPMethod]
    /// Tells our end in an MS-CHAPv2 challenge.
    package var name: String

    package init(_ methods: [EAPMethod], name: String = "cvland") {
        self.methods = methods
        self.name = name
    }
}

extension EAPSettings {
    func password(of user: String) -> SecretBytes? {
        for case .mschapv2(let users) in methods { if let password = users[user] { return password } }
        return nil
    }

    /// Whether some method takes such a certificate, by its names alone.
    func expects(_ certificate: Certificate) -> Bool {
        guard let identity = Identity.preferred(of: certificate) else { return false }
        return methods.contains { method in
            guard case .tls(let settings) = method else { return false }
            return settings.expected.contains { $0.matches(identity, provenBy: certificate) }
        }
    }
}

package enum EAPMethod: Sendable {
    /// By name and password (UTF-8). A client's "DOMAIN\\name" is looked up as "name".
    case mschapv2(users: [String: SecretBytes])
    case tls(EAPTLSSettings)

    /// IANA's number.
    package var type: UInt8 {
        switch self {
        case .mschapv2: EAPType.mschapv2
        case .tls: EAPType.tls
        }
    }
}

/// By certificate (RFC 5216, RFC 9190).
package struct EAPTLSSettings: Sendable {
    /// Our own, which the other end checks.
    package let credential: CertifiedKey
    /// What the other end's certificate must come from.
    package let verifier: CertificateVerifier
    /// One of these must match the other end's certificate.
    package let expected: [IdentityPattern]
    package let newest: TLSHandshake.Version

    package init(
        credential: CertifiedKey, verifier: CertificateVerifier, expected: [IdentityPattern] = [.any],
        newest: TLSHandshake.Version = .tls13
    ) {
        self.credential = credential
        self.verifier = verifier
        self.expected = expected
        self.newest = newest
    }
}

/// Numbers of EAP methods (RFC 3748 §5, RFC 5216, draft-kamath-pppext-eap-mschapv2).
enum EAPType {
    static let identity: UInt8 = 1
    static let notification: UInt8 = 2
    static let nak: UInt8 = 3
    static let tls: UInt8 = 13
    static let mschapv2: UInt8 = 26
}
