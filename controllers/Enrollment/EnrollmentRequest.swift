internal import Authorization
internal import Foundation
internal import Manifests
internal import Reconciling
internal import Sodium
internal import Trust
internal import WireFormat

/// An enrolment request whose every field has the form that it must have; nothing is checked against anything yet.
struct EnrollmentRequest: Sendable {
    static let maximumByteCount = 64 << 10
    static let maximumEndpoints = 8

    /// Empty: as the token says.
    let tenant: String
    /// Empty: as the token says.
    let node: String
    let publicKey: NodePublicKey
    let csr: Data
    let certificateRequest: CertificateRequest
    /// `nil`: the node is declared with its key.
    let token: UnverifiedJoinToken?
    private let tokenSignature: Data
    let proof: Data
    let endpoints: [NodeEndpoint]

    init(_ wire: WireEnrollRequest) throws(APIError) {
        for name in [wire.tenant, wire.node] where !name.isEmpty && !DomainName.isLabel(name) {
            throw APIError(.badRequest, "bad-name", "tenant and node are DNS labels")
        }
        guard let key = NodePublicKey(bytes: wire.publicKey) else {
            throw APIError(.badRequest, "bad-key", "the public key has not 32 bytes")
        }
        do throws(CertificateError) {
            certificateRequest = try CertificateRequest(der: wire.csr)
        } catch {
            throw APIError(.badRequest, "bad-csr", "the certificate request was not taken: \(error.reason)")
        }
        guard wire.endpoints.count <= Self.maximumEndpoints else {
            throw APIError(.badRequest, "bad-endpoint", "at most \(Self.maximumEndpoints) endpoints")
        }
        var endpoints: [NodeEndpoint] = []
        for text in wire.endpoints {
            guard let endpoint = NodeEndpoint(text) else {
                throw APIError(.badRequest, "bad-endpoint", "an endpoint is not ADDRESS:PORT or NAME:PORT")
            }
            endpoints.append(endpoint)
        }
        if wire.token.isEmpty {
            token = nil
        } else {
            do throws(TokenError) {
                token = try UnverifiedJoinToken(wire.token)
            } catch {
                throw APIError(token: error)
            }
        }
        tokenSignature = wire.tokenSignature
        tenant = wire.tenant
        node = wire.node
        publicKey = key
        csr = wire.csr
        proof = wire.proof
        self.endpoints = endpoints
    }

    /// What the token allows, the node that is to be, and the proof that the machine holds the token: once one of the
    /// tenant's keys and the token's own have verified them.
    func claims(
        of tenant: Tenant, now: Date
    ) throws(APIError) -> (claims: JoinToken, node: NodeKey, proof: JoinProof)? {
        guard let token else { return nil }
        let claims = token.claims
        guard self.tenant.isEmpty || self.tenant == claims.tenant else {
            throw APIError(.forbidden, "wrong-tenant", "the token is for another tenant")
        }
        if let fixed = claims.node, !node.isEmpty, node != fixed {
            throw APIError(.forbidden, "wrong-name", "the token is for a node of another name")
        }
        let name = claims.node ?? node
        guard !name.isEmpty else {
            throw APIError(
                .badRequest, "bad-name", "the token leaves the node's name open, so the request must give it")
        }
        let proof = JoinProof(token: token, node: name, signature: tokenSignature)
        do throws(TokenError) {
            let verified = try proof.verified(
                tenant: tenant.name, node: name, publicKey: publicKey.bytes, by: tenant.joinTokenKeys, now: now)
            return (verified, NodeKey(tenant: verified.tenant, node: name), proof)
        } catch {
            throw APIError(token: error)
        }
    }
}

extension APIError {
    init(token error: TokenError) {
        self.init(.forbidden, "token-\(error.code.rawValue)", "the join token was not taken: \(error.reason)")
    }
}
