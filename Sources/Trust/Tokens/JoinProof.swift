package import FoundationEssentials
package import Sodium

/// That whoever holds a join token gave it to this node: all that it takes to check that, and nothing that lets a reader
/// use the token.
///
///     signature = Ed25519(the token's own key, PAE(label, token, tenant, node, node public key))
///
/// PAE puts the length before each part. A proof says nothing for another tenant, node or public key, so it may stand in git
/// for everybody: the commit that enrols a node has it as a trailer.
package struct JoinProof: Sendable {
    private static let label = Array("cvlan.join-proof.v1".utf8)

    package let token: UnverifiedJoinToken
    package let node: String
    private let signature: [UInt8]

    /// - Parameter signature: of any length; `verified` decides.
    package init(token: UnverifiedJoinToken, node: String, signature: some Collection<UInt8>) {
        self.token = token
        self.node = node
        self.signature = Array(signature)
    }

    /// The claims, once one of `keys`, those of the tenant, has signed the token, its time is `now`, and it was given to this
    /// node of this tenant.
    ///
    /// - Parameter publicKey: the node's, X25519.
    package func verified(
        tenant: String, node: String, publicKey: [UInt8], by keys: [Ed25519.PublicKey], now: Date
    ) throws(TokenError) -> JoinToken {
        guard token.claims.tenant == tenant else {
            throw TokenError(
                .wrongTenant, "token \(token.claims.id) is for tenant \(token.claims.tenant), not for \(tenant)")
        }
        guard self.node == node, token.claims.node ?? node == node else {
            throw TokenError(
                .wrongNode,
                "token \(token.claims.id) was given to node \(token.claims.node ?? self.node), not to \(node)")
        }
        let claims = try token.verified(by: keys, now: now)
        guard claims.key.isValid(signature, for: Self.signedBytes(token, node, publicKey)) else {
            throw TokenError(
                .wrongHolder, "whoever holds token \(claims.id) has not signed that node \(node) has this public key")
        }
        return claims
    }

    static func signedBytes(_ token: UnverifiedJoinToken, _ node: String, _ publicKey: [UInt8]) -> [UInt8] {
        PASETO.preAuthenticationEncoding(
            [label, Array(token.text.utf8), Array(token.claims.tenant.utf8), Array(node.utf8), publicKey])
    }
}

extension JoinProof: CustomStringConvertible, LosslessStringConvertible {
    /// Longer than what any token comes to.
    private static let maximumByteCount = 128 << 10

    /// `NODE TOKEN SIGNATURE`, the signature in base64url: the value of the trailer.
    package var description: String { "\(node) \(token.text) \(Base64.encode(signature, .urlSafe))" }

    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumByteCount else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, isDNSLabel(parts[0]), let token = try? UnverifiedJoinToken(parts[1]),
            let signature = Base64.decode(parts[2], .urlSafe), signature.count == Ed25519.signatureCount
        else { return nil }
        self.init(token: token, node: String(parts[0]), signature: signature)
    }
}
