package import Foundation
internal import GitRepository
package import Logging
internal import Manifests
internal import Reconciling
internal import Sodium
package import Trust
package import WireFormat

/// Lets machines become nodes: checks what they bring, writes their manifests to main, and gives them certificates.
///
/// Whatever waits while a commit is made goes into the next one together. A failed race for main is run again from
/// main as it is then, so the uses of a token hold against any number of requests and replicas.
package final actor EnrollmentService {
    /// Of certificates: long for clients, which may be off for days; short for gateways, which others rely on.
    package struct Lifetimes: Sendable {
        package var gateway: Duration = .seconds(8 * 3600)
        package var client: Duration = .seconds(72 * 3600)

        package init() {}
    }

    private let branch: EnrollmentBranch
    private let keys: ControllerKeys
    private let board: PublicationBoard
    private let lifetimes: Lifetimes
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let reconcile: @Sendable () -> Void
    private var waiting: [Waiting] = []
    private var isWorking = false

    private struct Waiting {
        let request: EnrollmentRequest
        let continuation: CheckedContinuation<Result<EnrollmentDraft.Outcome, APIError>, Never>
    }

    /// More requests than this at once are turned away, to come again.
    static let maximumWaiting = 10_000
    /// One commit takes no more than this.
    static let maximumBatch = 256
    /// How long a request waits for its node to be in force.
    static let patience = Duration.seconds(20)

    /// - Parameter reconcile: asks the reconcile loop to look at main at once.
    package init(
        branch: EnrollmentBranch, keys: ControllerKeys, board: PublicationBoard, lifetimes: Lifetimes = Lifetimes(),
        logger: Logger, now: @escaping @Sendable () -> Date, reconcile: @escaping @Sendable () -> Void
    ) {
        self.branch = branch
        self.keys = keys
        self.board = board
        self.lifetimes = lifetimes
        self.logger = logger
        self.now = now
        self.reconcile = reconcile
    }

    // MARK: Calls

    package func enroll(_ wire: WireEnrollRequest) async throws -> WireEnrollResponse {
        let request = try EnrollmentRequest(wire)
        guard let publication = board.current else { throw APIError.notReady }
        let node: NodeKey
        if let token = request.token {
            guard !publication.unreadable.contains(token.claims.tenant) else { throw APIError.notReady }
            guard let tenant = publication.tenants[token.claims.tenant],
                let (_, key, _) = try request.claims(of: tenant.manifests.tenant, now: now())
            else { throw APIError(.forbidden, "token-unknown-key", "the join token is of no tenant here") }
            node = key
            // A token says that some machine may join, not that it is the one whose public key everybody can read.
            guard isProved(request, node) else { throw Self.wrongProof }
            if !isInForce(node, request.publicKey, publication) {
                let outcome = try await submit(request)
                if case .forReview(let node) = outcome { return pending(node) }
                try await waitUntilInForce(node, request.publicKey)
            }
        } else {
            node = try declared(request, publication)
        }
        logger.info("node enrolled", metadata: ["node": "\(node)"])
        return try enrolled(node, request)
    }

    /// A new certificate for a node that has one in force.
    /// - Parameter nodeKey: what that one is bound to.
    package func renew(_ identity: NodeIdentity, nodeKey: Data, _ wire: WireRenewRequest) throws -> WireRenewResponse {
        guard let node = board.current?.nodes[NodeKey(identity)] else { throw APIError.nodeRemoved(NodeKey(identity)) }
        guard node.publicKey == nodeKey else { throw APIError.keyReplaced(NodeKey(identity)) }
        let request: CertificateRequest
        do throws(CertificateError) {
            request = try CertificateRequest(der: wire.csr)
        } catch {
            throw APIError(.badRequest, "bad-csr", "the certificate request was not taken: \(error.reason)")
        }
        let chain = try certificate(identity, nodeKey, request, node)
        return WireRenewResponse.with { $0.certificates = chain.certificates }
    }

    // MARK: Declared nodes

    /// A node that is in force with its key proves that it holds the private one.
    private func declared(_ request: EnrollmentRequest, _ publication: Publication) throws -> NodeKey {
        let node = NodeKey(tenant: request.tenant, node: request.node)
        guard isInForce(node, request.publicKey, publication), publication.nodes[node]?.role != .external,
            isProved(request, node)
        else { throw Self.wrongProof }
        return node
    }

    /// One answer for all that may be wrong: it tells a stranger nothing about which nodes there are.
    private static let wrongProof = APIError(
        .forbidden, "wrong-proof", "there is no such node with this key, or the proof is not its key's")

    private func isProved(_ request: EnrollmentRequest, _ node: NodeKey) -> Bool {
        guard let key = X25519.PublicKey(request.publicKey.bytes) else { return false }
        let proof = EnrollmentProof(tenant: node.tenant, node: node.node, publicKey: key, csr: request.csr)
        return proof.isValid(request.proof, enrollmentKey: keys.enrollmentKey)
    }

    private func isInForce(_ node: NodeKey, _ key: NodePublicKey, _ publication: Publication) -> Bool {
        publication.nodes[node]?.publicKey == Data(key.bytes)
    }

    private func waitUntilInForce(_ node: NodeKey, _ key: NodePublicKey) async throws {
        reconcile()
        let bytes = Data(key.bytes)
        guard await board.wait(atMost: Self.patience, until: { $0.nodes[node]?.publicKey == bytes }) else {
            throw APIError(
                .serviceUnavailable, "not-in-force",
                "\(node) is written, but not in force yet: ask again, and see the status")
        }
    }

    // MARK: Answers

    private func pending(_ node: NodeKey) -> WireEnrollResponse {
        logger.info("node waits for review", metadata: ["node": "\(node)"])
        return WireEnrollResponse.with {
            $0.status = .pendingReview
            $0.tenant = node.tenant
            $0.root = keys.root.envelope
            $0.message = "waiting for review: merge the branch \(EnrollmentBranch.reviewBranch(of: node))"
        }
    }

    private func enrolled(_ node: NodeKey, _ request: EnrollmentRequest) throws -> WireEnrollResponse {
        guard
            let identity = NodeIdentity(
                trustDomain: keys.root.document.trustDomain, tenant: node.tenant, node: node.node)
        else { throw APIError(.badRequest, "bad-name", "\(node) cannot be named in a certificate") }
        let chain = try certificate(
            identity, Data(request.publicKey.bytes), request.certificateRequest, board.current?.nodes[node])
        return WireEnrollResponse.with {
            $0.status = .enrolled
            $0.tenant = node.tenant
            $0.root = keys.root.envelope
            $0.certificates = chain.certificates
        }
    }

    private func certificate(
        _ identity: NodeIdentity, _ nodeKey: Data, _ request: CertificateRequest, _ node: PublishedNode?
    ) throws -> CertificateChain {
        var generator = SystemRandomNumberGenerator()
        return try keys.authority.issueNode(
            identity, nodeKey: nodeKey, dnsNames: node?.certificateNames ?? [], for: request,
            lifetime: node?.role == .gateway ? lifetimes.gateway : lifetimes.client, now: now(), using: &generator)
    }

    // MARK: Batches

    private func submit(_ request: EnrollmentRequest) async throws(APIError) -> EnrollmentDraft.Outcome {
        guard waiting.count < Self.maximumWaiting else {
            throw APIError(.serviceUnavailable, "busy", "too many machines enrol at once; ask again in a moment")
        }
        let result = await withCheckedContinuation { continuation in
            waiting.append(Waiting(request: request, continuation: continuation))
            guard !isWorking else { return }
            isWorking = true
            Task { await self.work() }
        }
        return try result.get()
    }

    private func work() async {
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.maximumBatch))
            waiting.removeFirst(batch.count)
            let results = await branch.enroll(
                batch.map(\.request), now: now(), state: { [board] in board.current?.tenants[$0]?.state })
            for (item, result) in zip(batch, results) { item.continuation.resume(returning: result) }
        }
        isWorking = false
    }
}
