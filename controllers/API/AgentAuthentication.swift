internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOSSL
internal import Reconciling
internal import Trust

/// Lets only nodes of the publication in force through, each as who its client certificate says.
///
/// The TLS layer has verified the certificate's chain against our authority when the connection was made; here its time
/// is checked again, as connections outlive certificates, and that the node was not removed and its key not
/// replaced meanwhile.
struct AgentAuthentication: RouterMiddleware {
    typealias Context = APIContext

    let trustDomain: TrustDomain
    let board: PublicationBoard

    func handle(
        _ input: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let peer = try? await context.channel.nioSSL_peerCertificate().get(),
            let der = try? Data(peer.toDERBytes()), let leaf = try? CertificateChain([der])
        else { throw APIError.certificateNeeded }
        let now = Date()
        guard leaf.notBefore <= now, now < leaf.notAfter else {
            throw APIError(.unauthorized, "certificate-expired", "the client certificate has expired; enrol again")
        }
        guard let identity = try? NodeIdentity(certificate: der), identity.trustDomain == trustDomain else {
            throw APIError(.forbidden, "wrong-certificate", "the client certificate is not a node's of \(trustDomain)")
        }
        guard let publication = board.current else { throw APIError.notReady }
        let node = NodeKey(identity)
        guard let published = publication.nodes[node] else {
            throw publication.unreadable.contains(node.tenant) ? APIError.notReady : APIError.nodeRemoved(node)
        }
        guard leaf.isBound(toNodeKey: published.publicKey) else { throw APIError.keyReplaced(node) }
        var context = context
        context.identity = identity
        context.nodeKey = published.publicKey
        return try await next(input, context)
    }
}

extension NodeKey {
    init(_ identity: NodeIdentity) {
        self.init(tenant: identity.tenant, node: identity.node)
    }
}
