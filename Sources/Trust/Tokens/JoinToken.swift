package import FoundationEssentials
package import Sodium

/// What a join token allows: that a machine becomes a node of these networks. Signed offline by whoever holds one of
/// the tenant's token keys.
package struct JoinToken: Hashable, Sendable {
    package enum Role: String, Codable, Sendable {
        case client, gateway, relay
    }

    /// Names the token in commits; letters, digits, `-` and `_`.
    package var id: String
    /// The token's own key: whoever holds its secret half may give the token to a node, see `JoinProof`.
    package var key: Ed25519.PublicKey
    package var tenant: String
    package var cvlans: [String]
    package var role: Role
    /// Given to the node.
    package var labels: [String: String]
    /// The name that the node must take; `nil`: it chooses.
    package var node: String?
    /// How many nodes may enrol with it.
    package var uses: Int
    package var issuedAt: Date
    package var expires: Date
    /// The root document that the machine is to trust.
    package var root: RootPin
    /// The controller.
    package var url: String

    package init(
        id: String, key: Ed25519.PublicKey, tenant: String, cvlans: [String], role: Role = .client,
        labels: [String: String] = [:],
        node: String? = nil, uses: Int = 1, issuedAt: Date, expires: Date, root: RootPin, url: String
    ) {
        self.id = id
        self.key = key
        self.tenant = tenant
        self.cvlans = cvlans
        self.role = role
        self.labels = labels
        self.node = node
        self.uses = uses
        self.issuedAt = issuedAt
        self.expires = expires
        self.root = root
        self.url = url
    }

    /// A new id: 128 random bits.
    package static func newID() -> String { Hex.encode(Sodium.randomBytes(count: 16)) }

    /// The token, its footer naming the key. Throws `malformed` where its own reader would refuse it.
    package func sign(by key: Ed25519.PrivateKey) throws(TokenError) -> String {
        if let fault { throw TokenError(.malformed, fault) }
        let footer = JoinTokenFooter(kid: PASERK.id(of: key.publicKey))
        guard let claims = try? JoinTokenJSON.encode(JoinTokenClaims(self)),
            let footer = try? JoinTokenJSON.encode(footer)
        else { throw TokenError(.malformed, "cannot be written as JSON") }
        return PASETO(signing: claims, footer: footer, by: key).text
    }
}

/// A join token as it arrived: its claims are only claims until one of the tenant's keys has verified it. A machine that
/// joins has no key to verify it with: it reads where to go, and the pin, as what its administrator gave it.
package struct UnverifiedJoinToken: Sendable {
    package let claims: JoinToken
    /// The PASERK id of the key that it says it is signed by.
    package let keyID: String
    private let token: PASETO
    private let notBefore: Date?

    /// The token, without what its holder keeps.
    package var text: String { token.text }

    package init(_ text: some StringProtocol) throws(TokenError) {
        token = try PASETO(parsing: text)
        guard let footer = try? JoinTokenJSON.decode(JoinTokenFooter.self, from: token.footer) else {
            throw TokenError(.malformed, "the footer names no key")
        }
        guard let claims = try? JoinTokenJSON.decode(JoinTokenClaims.self, from: token.message) else {
            throw TokenError(.malformed, "the claims are not those of a join token")
        }
        guard PASERK.isID(footer.kid) else { throw TokenError(.malformed, "the footer names no key") }
        keyID = footer.kid
        self.claims = try JoinToken(claims)
        notBefore = try claims.nbf.map { text throws(TokenError) in
            guard let time = try? Date(text, strategy: .iso8601) else {
                throw TokenError(.malformed, "nbf is no RFC 3339 time")
            }
            return time
        }
    }

    /// The claims, once one of `keys`, those of the tenant that they name, has signed them and their time is now.
    package func verified(by keys: [Ed25519.PublicKey], now: Date) throws(TokenError) -> JoinToken {
        guard let key = keys.first(where: { PASERK.id(of: $0) == keyID }) else {
            throw TokenError(.unknownKey, "\(keyID) may not sign tokens of tenant \(claims.tenant)")
        }
        _ = try token.verify(by: key)
        guard now < claims.expires else { throw TokenError(.expired, "token \(claims.id) has expired") }
        if let notBefore, now < notBefore { throw TokenError(.notYetValid, "token \(claims.id) is not valid yet") }
        return claims
    }
}
