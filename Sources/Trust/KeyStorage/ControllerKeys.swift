package import Sodium

/// Everything that makes a controller the one that its nodes trust: what `cvlan controller init` makes once.
///
///     DIR/root.dsse             the root document in force, signed: what nodes pin
///     DIR/ca.pem                the CA's certificate
///     DIR/keys/                 0700, the files 0600
///         root.key, config.key  Ed25519, PASERK k4.secret
///         enrollment.key        X25519, base64
///         ca.key                PEM
///         server.pem            PEM: key and certificate of the HTTPS server
package struct ControllerKeys: Sendable {
    package let root: TrustedRoot
    /// Absent where it is kept offline: it is needed for the next root document alone.
    package let rootKey: Ed25519.PrivateKey?
    package let configKey: Ed25519.PrivateKey
    package let enrollmentKey: X25519.PrivateKey
    package let authority: CertificateAuthority
    package let server: ServerCredentials

    /// What `create` decides for its user.
    package struct Lifetimes: Sendable {
        package var root: Duration = .days(5 * 365)
        package var authority: Duration = .days(10 * 365)
        package var server: Duration = .days(30)

        package init() {}
    }
}

extension Duration {
    fileprivate static func days(_ count: Int) -> Duration { .seconds(count * 86400) }
}
