package import Sodium

/// Everything that makes a controller the one that its nodes trust: what `cvlan controller init` makes once.
///
///     DIR/roots/N.dsse          the root documents, signed: 1 is what the first nodes pinned, the last is in force
///     DIR/ca.pem                the CA's certificate
///     DIR/keys/                 0700, the files 0600
///         config.key, state.key, timestamp.key, enrollment-signing.key
///                               Ed25519, a key for each role: PASERK k4.secret or k4.secret-pw, or the line
///                               `ssh-agent:SHA256:…` or `pkcs11:…` of a key that is elsewhere
///         root.key              such a key too; needed for the next root document alone, and best kept offline
///         enrollment.key        X25519, base64
///         ca.key                PEM
///         server.pem            PEM: key and certificate of the HTTPS server
package struct ControllerKeys: Sendable {
    /// From version 1 to the one in force; never empty.
    package let roots: [TrustedRoot]
    package let configKey: any Ed25519.SigningKey
    /// Signs state commits.
    package let stateKey: any Ed25519.SigningKey
    package let timestampKey: any Ed25519.SigningKey
    /// Signs the commits by which nodes enrol.
    package let enrollmentSigningKey: any Ed25519.SigningKey
    /// What enrolment proofs are made against; it signs nothing.
    package let enrollmentKey: X25519.PrivateKey
    package let authority: CertificateAuthority
    package internal(set) var server: ServerCredentials

    /// The root document in force.
    package var root: TrustedRoot { roots[roots.count - 1] }

    /// What `create` decides for its user.
    package struct Lifetimes: Sendable {
        package var root: Duration = .days(5 * 365)
        package var authority: Duration = .days(10 * 365)
        package var server: Duration = .days(30)

        package init() {}
    }
}

extension RootDocument.Role {
    /// Where the key of this role is in a new controller's directory.
    package var keyFile: String {
        switch self {
        case .root: "keys/root.key"
        case .config: "keys/config.key"
        case .state: "keys/state.key"
        case .timestamp: "keys/timestamp.key"
        // `enrollment.key` is the key that proofs are made against.
        case .enrollment: "keys/enrollment-signing.key"
        }
    }
}

extension Duration {
    fileprivate static func days(_ count: Int) -> Duration { .seconds(count * 86400) }
}
