package import FoundationEssentials
package import Sodium

/// Who may sign what, in the form that the code reasons with: everything in it fits together.
package struct RootDocument: Hashable, Sendable {
    package enum Role: Sendable, Hashable, CaseIterable {
        /// Signs the next root document.
        case root
        /// Signs the configurations of nodes.
        case config
        /// Signs state commits: what the controller decided and published.
        case state
        /// Signs timestamps: what is recent.
        case timestamp
        /// Signs the commits by which nodes enrol.
        case enrollment
    }

    package struct Key: Hashable, Sendable {
        package var publicKey: Ed25519.PublicKey
        package var roles: Set<Role>

        package var id: KeyID { KeyID(of: publicKey) }

        package init(_ publicKey: Ed25519.PublicKey, roles: Set<Role>) {
            self.publicKey = publicKey
            self.roles = roles
        }
    }

    /// 1 and up.
    package var version: UInt64
    /// Whole seconds.
    package var expires: Date
    package var trustDomain: TrustDomain
    /// Root keys that must sign the next root.
    package var threshold: Int
    package var keys: [Key]
    /// X.509, DER.
    package var certificateAuthorities: [Data]
    /// What enrolment proofs are made against.
    package var enrollmentKey: X25519.PublicKey
    package var superadmins: [Superadmin]
    package var authorization: AuthorizationMode

    package init(
        version: UInt64 = 1, expires: Date, trustDomain: TrustDomain, threshold: Int = 1, keys: [Key],
        certificateAuthorities: [Data], enrollmentKey: X25519.PublicKey,
        superadmins: [Superadmin] = [], authorization: AuthorizationMode = .off
    ) {
        self.version = version
        self.expires = expires
        self.trustDomain = trustDomain
        self.threshold = threshold
        self.keys = keys
        self.certificateAuthorities = certificateAuthorities
        self.enrollmentKey = enrollmentKey
        self.superadmins = superadmins
        self.authorization = authorization
    }

    package func publicKeys(for role: Role) -> [Ed25519.PublicKey] {
        keys.filter { $0.roles.contains(role) }.map(\.publicKey)
    }
}
