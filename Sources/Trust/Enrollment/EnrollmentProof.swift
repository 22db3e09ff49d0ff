internal import Crypto
package import FoundationEssentials
package import Sodium

/// How a node that is declared with its public key shows, without a token, that it holds the private key.
///
///     secret = X25519(node private key, enrolment public key)      (the controller: with the other two halves)
///     key    = HKDF-SHA256(secret, info: label ‖ node public key ‖ enrolment public key)
///     proof  = HMAC-SHA256(key, PAE(label, tenant, node, node public key, CSR))
///
/// PAE puts the length before each part. The enrolment key is named by the root document, so only the controller that the
/// node already trusts can check the proof, and a proof says nothing for another CSR, node or controller.
package struct EnrollmentProof: Sendable {
    private static let label = Array("cvlan.enrollment-proof.v1".utf8)
    package static let byteCount = 32

    private let tenant: String
    private let node: String
    private let publicKey: X25519.PublicKey
    private let csr: Data

    /// - Parameter csr: PKCS#10, DER.
    package init(tenant: String, node: String, publicKey: X25519.PublicKey, csr: Data) {
        self.tenant = tenant
        self.node = node
        self.publicKey = publicKey
        self.csr = csr
    }

    /// On the node; `nil` for an enrolment key that no X25519 result can be had with, or a private key that is not this node's.
    package func make(nodeKey: X25519.PrivateKey, enrollmentKey: X25519.PublicKey) -> Data? {
        guard nodeKey.publicKey == publicKey, let secret = nodeKey.sharedSecret(with: enrollmentKey) else { return nil }
        return Data(authenticationCode(secret, enrollmentKey))
    }

    /// At the controller.
    package func isValid(_ proof: Data, enrollmentKey: X25519.PrivateKey) -> Bool {
        guard let secret = enrollmentKey.sharedSecret(with: publicKey) else { return false }
        return Sodium.constantTimeEquals(Array(authenticationCode(secret, enrollmentKey.publicKey)), proof)
    }

    private func authenticationCode(
        _ secret: SecretBytes, _ enrollmentKey: X25519.PublicKey
    ) -> HMAC<SHA256>.MAC {
        let key = secret.withUnsafeBytes { secret in
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: secret), info: Self.label + publicKey.bytes + enrollmentKey.bytes,
                outputByteCount: 32)
        }
        let transcript = PASETO.preAuthenticationEncoding(
            [Self.label, Array(tenant.utf8), Array(node.utf8), publicKey.bytes, Array(csr)])
        return HMAC<SHA256>.authenticationCode(for: transcript, using: key)
    }
}
