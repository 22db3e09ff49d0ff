import Foundation
import Sodium
import Trust
import WireFormat

/// A machine that enrols: its keys, and the certificate once it has one.
struct Machine: Sendable {
    let key: X25519.PrivateKey
    let certificateKey = CertificateKey(.p256)
    let tenant: String
    let node: String

    init(_ node: String, tenant: String = "acme", key: X25519.PrivateKey = X25519.PrivateKey()) {
        self.node = node
        self.tenant = tenant
        self.key = key
    }

    func request(token: HeldJoinToken, provedTo enrollmentKey: X25519.PublicKey) throws -> Data {
        try request(
            tokenText: token.token.text, signature: token.signature(for: node, key.publicKey), provedTo: enrollmentKey)
    }

    func request(tokenText: String, signature: [UInt8], provedTo enrollmentKey: X25519.PublicKey) throws -> Data {
        var request = try WireEnrollRequest(serializedBytes: try self.request(provedTo: enrollmentKey))
        request.token = tokenText
        request.tokenSignature = Data(signature)
        return try request.serializedBytes()
    }

    /// As one that has a token and knows another machine's public key would ask.
    func request(token: HeldJoinToken, stealing publicKey: X25519.PublicKey, for enrollmentKey: X25519.PublicKey) throws
        -> Data
    {
        var request = try WireEnrollRequest(serializedBytes: try self.request(token: token, provedTo: enrollmentKey))
        request.publicKey = Data(publicKey.bytes)
        request.tokenSignature = Data(token.signature(for: node, publicKey))
        return try request.serializedBytes()
    }

    /// For a declared node.
    func request(provedTo enrollmentKey: X25519.PublicKey) throws -> Data {
        let csr = try CertificateRequest.make(node: node, key: certificateKey)
        return try WireEnrollRequest.with {
            $0.tenant = tenant
            $0.node = node
            $0.publicKey = Data(key.publicKey.bytes)
            $0.csr = csr
            $0.proof =
                EnrollmentProof(tenant: tenant, node: node, publicKey: key.publicKey, csr: csr)
                .make(nodeKey: key, enrollmentKey: enrollmentKey) ?? Data()
        }.serializedBytes()
    }

    func files(_ response: Data) throws -> NodeFiles {
        let certificates = try WireEnrollResponse(serializedBytes: response).certificates
        return try NodeFiles(chain: CertificateChain(certificates), key: certificateKey)
    }

    /// Enrols as the declared node that it is, and gives a client that speaks as it.
    func enrolled(with running: RunningController) async throws -> Curl {
        let request = try request(provedTo: try running.controller.keys.enrollmentKey.publicKey)
        let answer = try await Curl(running: running).post("/v1/enroll", request)
        return Curl(running: running, identity: try files(answer.body))
    }
}

/// Certificate and key in files, for curl.
final class NodeFiles: Sendable {
    private let folder: TemporaryFolder
    let certificate: String
    let key: String

    init(chain: CertificateChain, key: CertificateKey) throws {
        folder = try TemporaryFolder("node")
        certificate = folder.path + "/cert.pem"
        self.key = folder.path + "/key.pem"
        try chain.pem.write(toFile: certificate, atomically: true, encoding: .utf8)
        try key.pem().withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: self.key)) }
    }
}

extension WireReport {
    static func of(_ update: WireUpdate) throws -> Data {
        let config = try WireNodeConfig(serializedBytes: update.config.payload)
        return try WireReport.with {
            $0.generationInForce = config.generation
            $0.converged = true
        }.serializedBytes()
    }
}
