internal import Foundation
internal import Sodium
internal import Trust
internal import WireFormat

/// How a machine becomes a node: it makes its keys, checks the controller's root document against the pin, shows a
/// token or that it holds the declared key, and receives a certificate.
package enum Enrollment {
    package enum Result: Sendable {
        case enrolled(AgentIdentity)
        /// The Node waits for approval; the message says where.
        case pendingReview(String)
    }

    /// May be repeated after any failure: the keys stay, and the same key does not use a token up twice.
    ///
    /// - Parameter endpoints: `ADDRESS:PORT` where this node can be reached, for its manifest.
    package static func enroll(
        _ invitation: Invitation, directory: StateDirectory, endpoints: [String]
    ) async throws -> Result {
        let before = directory.isEnrolled ? try directory.loadIdentity() : nil
        if let identity = before {
            guard identity.tenant == invitation.tenant, identity.node == invitation.node else {
                throw StateDirectoryError(
                    "this state folder belongs to node \(identity.node) of tenant \(identity.tenant); use another --state-dir"
                )
            }
        }
        let keys = try directory.loadOrMakeKeys()
        let root = try await pinnedRoot(invitation)
        let identity = AgentIdentity(
            tenant: invitation.tenant, node: invitation.node, controller: invitation.controller, root: invitation.root)
        var request = try proofRequest(identity: identity, root: root.document, keys: keys)
        request.endpoints = endpoints
        if let token = invitation.token {
            request.token = token.token.text
            request.tokenSignature = Data(token.signature(for: identity.node, keys.wireGuard.publicKey))
        }

        let response = try await ControllerClient.with(
            url: invitation.controller, .verifyingServer(authorities: root.authorities)
        ) { [request] in try await $0.enroll(request) }
        guard response.status == .enrolled else { return .pendingReview(response.message) }
        try directory.save(try CertificateChain(response.certificates))
        let store = try AgentStore(path: directory.database)
        // A root that the store has under the same pin is this one or follows from it.
        if try before?.root != identity.root || store.root() == nil { try store.startOver(root: root.envelope) }
        try directory.save(identity)
        return .enrolled(identity)
    }

    /// The request of a node that shows it holds its key; where its manifest does not declare that, a token is added.
    static func proofRequest(
        identity: AgentIdentity, root: RootDocument, keys: StateDirectory.Keys
    ) throws -> WireEnrollRequest {
        let csr = try CertificateRequest.make(node: identity.node, key: keys.tls)
        let publicKey = keys.wireGuard.publicKey
        let proof = EnrollmentProof(tenant: identity.tenant, node: identity.node, publicKey: publicKey, csr: csr)
        guard let bytes = proof.make(nodeKey: keys.wireGuard, enrollmentKey: root.enrollmentKey) else {
            throw StateDirectoryError("the root document's enrolment key is unusable")
        }
        var request = WireEnrollRequest()
        request.tenant = identity.tenant
        request.node = identity.node
        request.publicKey = Data(publicKey.bytes)
        request.csr = csr
        request.proof = bytes
        return request
    }

    /// As many as are asked for of a server that nobody has verified yet.
    private static let maximumRoots = 4096

    /// First contact: nothing that the server says is believed but a root document with the pinned hash, and what follows
    /// from it where the invitation is older than the root in force.
    private static func pinnedRoot(_ invitation: Invitation) async throws -> TrustedRoot {
        let root = try await ControllerClient.with(url: invitation.controller, .unverified) { client in
            let newest = try await client.root()
            if RootPin(ofPayload: newest.payload) == invitation.root {
                return try TrustedRoot(newest, pinnedBy: invitation.root)
            }
            var chain: [WireEnvelope] = []
            while chain.last?.payload != newest.payload, chain.count < maximumRoots {
                do {
                    chain.append(try await client.root(version: UInt64(chain.count) + 1))
                } catch let error as ControllerError where error.status == 404 {
                    break
                }
            }
            return try TrustedRoot(chain: chain, pinnedBy: invitation.root)
        }
        try root.checkNotExpired(at: Date())
        return root
    }
}

extension ControllerClient {
    /// One conversation with a client of its own.
    static func with<Result>(
        url: String, _ credentials: Credentials, _ body: (ControllerClient) async throws -> Result
    ) async throws -> Result {
        let client = try ControllerClient(url: url, credentials: credentials)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
