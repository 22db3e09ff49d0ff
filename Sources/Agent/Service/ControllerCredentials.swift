package import Foundation
internal import Sodium
internal import Trust
internal import WireFormat

/// The certificate of this node and a client that uses it, renewed before it runs out.
package actor ControllerCredentials {
    private let directory: StateDirectory
    private let identity: AgentIdentity
    private let config: ConfigInForce
    private var current: (client: ControllerClient, chain: CertificateChain)?

    package init(directory: StateDirectory, identity: AgentIdentity, config: ConfigInForce) {
        self.directory = directory
        self.identity = identity
        self.config = config
    }

    /// A client whose certificate is valid now. After a long absence that takes a new enrolment, which the node's
    /// WireGuard key proves.
    package func client(now: Date) async throws -> ControllerClient {
        if let current, now < current.chain.notAfter { return current.client }
        let stored = try directory.loadCertificates()
        // The root may have dropped the CA that issued it.
        let verifier = try CertificateVerifier(root: await config.root.document)
        let isValid = (try? await verifier.verify(stored, now: now)) != nil
        return try await use(isValid ? stored : try await enrollAgain())
    }

    /// Where the controller is, `https://HOST:PORT`.
    package nonisolated var controller: String { identity.controller }

    /// There is a newer root: the next client holds the controller against its CAs, and shows a certificate of one of them.
    package func rootChanged() async {
        let old = retired
        retired = current?.client
        current = nil
        await old?.shutdown()
    }

    /// The same certificate and key for IPsec links; `nil` while there are none that can be read.
    package func forTunnels() async -> IPsecCredentials? {
        let root = await config.root.document
        guard let keys = try? directory.loadKeys(), let key = try? keys.tls.pem(),
            let chain = current?.chain ?? (try? directory.loadCertificates()),
            let own = NodeIdentity(trustDomain: root.trustDomain, tenant: identity.tenant, node: identity.node)
        else { return nil }
        return IPsecCredentials(
            identity: own, certificates: chain.certificates, privateKey: key, anchors: root.certificateAuthorities)
    }

    /// When the certificate should be renewed: at half of its life, or at once, where it lacks a name that the
    /// configuration has for this node.
    package var renewalTime: Date {
        get async {
            guard let chain = current?.chain else { return .distantFuture }
            let names = await config.verified?.config.certificateNames ?? []
            return chain.dnsNames.isSuperset(of: names) ? chain.halfLife : .distantPast
        }
    }

    /// Takes a new certificate for the same key, if it is time to. Connections that are open go on with the old one.
    ///
    /// - Returns: whether there is a new one.
    package func renew(now: Date) async throws -> Bool {
        let client = try await client(now: now)
        guard await renewalTime <= now else { return false }
        var request = WireRenewRequest()
        request.csr = try CertificateRequest.make(node: identity.node, key: try directory.loadKeys().tls)
        _ = try await use(try CertificateChain(try await client.renew(request).certificates))
        return true
    }

    private func enrollAgain() async throws -> CertificateChain {
        let root = await config.root
        let request = try Enrollment.proofRequest(
            identity: identity, root: root.document, keys: try directory.loadKeys())
        let response = try await ControllerClient.with(
            url: identity.controller, .verifyingServer(authorities: root.authorities)
        ) { try await $0.enroll(request) }
        return try CertificateChain(response.certificates)
    }

    private func use(_ chain: CertificateChain) async throws -> ControllerClient {
        let pem = try directory.loadKeys().tls.pem()
        let client = try ControllerClient(
            url: identity.controller,
            credentials: .mutual(
                authorities: await config.root.authorities, chain: chain.certificates.map { Array($0) }, privateKey: pem
            ))
        try directory.save(chain)
        let old = retired
        retired = current?.client
        current = (client, chain)
        await old?.shutdown()
        return client
    }

    /// The client of the certificate before: the watch stream may still run over it. One that is older yet is closed, and
    /// a stream that runs over it begun again with a certificate that is valid.
    private var retired: ControllerClient?

    package func shutdown() async {
        let clients = [retired, current?.client]
        retired = nil
        current = nil
        for client in clients { await client?.shutdown() }
    }
}

extension TrustedRoot {
    /// DER.
    var authorities: [[UInt8]] { document.certificateAuthorities.map { Array($0) } }
}
