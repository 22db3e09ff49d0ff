internal import AsyncHTTPClient
package import Foundation
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOSSL
package import Sodium
internal import SwiftProtobuf
package import WireFormat

/// The controller's agent API, as one set of credentials sees it. Make another one when the certificate was renewed.
package final class ControllerClient: Sendable {
    /// How much the server, and we, must prove.
    package enum Credentials: Sendable {
        /// First contact: nothing is known yet but a pin that the root document will be held against. Nothing secret
        /// is sent and nothing is believed.
        case unverified
        /// The server is checked against the root's certificate authorities.
        case verifyingServer(authorities: [[UInt8]])
        /// And this node proves its own identity: the chain in DER, the key in PEM.
        case mutual(authorities: [[UInt8]], chain: [[UInt8]], privateKey: SecretBytes)
    }

    private let base: String
    private let client: HTTPClient

    /// - Parameter url: `https://HOST:PORT`.
    package init(url: String, credentials: Credentials) throws {
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        // An agent that is told to stop does not wait for the other side's farewell.
        tls.shutdownTimeout = .milliseconds(500)
        switch credentials {
        case .unverified:
            tls.certificateVerification = .none
        case .verifyingServer(let authorities):
            tls.trustRoots = .certificates(try authorities.map { try NIOSSLCertificate(bytes: $0, format: .der) })
        case .mutual(let authorities, let chain, let privateKey):
            tls.trustRoots = .certificates(try authorities.map { try NIOSSLCertificate(bytes: $0, format: .der) })
            tls.certificateChain = try chain.map { .certificate(try NIOSSLCertificate(bytes: $0, format: .der)) }
            tls.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: privateKey.withUnsafeBytes { Array($0) }, format: .pem))
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        // Heartbeats come every 15 s: a stream that is silent for longer than three of them is dead.
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(50))
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func shutdown() async {
        try? await client.shutdown()
    }

    // MARK: Calls

    /// The root document in force, not yet checked against anything.
    package func root() async throws -> WireEnvelope {
        try await call(.GET, "/v1/root", limit: 1 << 20)
    }

    /// A root of the chain.
    package func root(version: UInt64) async throws -> WireEnvelope {
        try await call(.GET, "/v1/root/\(version)", limit: 1 << 20)
    }

    package func enroll(_ request: WireEnrollRequest) async throws -> WireEnrollResponse {
        try await call(.POST, "/v1/enroll", body: request, limit: 1 << 20)
    }

    package func renew(_ request: WireRenewRequest) async throws -> WireRenewResponse {
        try await call(.POST, "/v1/agent/renew", body: request, limit: 1 << 20)
    }

    package func report(_ report: WireReport) async throws {
        _ = try await response(.POST, "/v1/agent/report", body: report, limit: 1 << 16, timeout: .seconds(15))
    }

    /// The encoding of one segment, not yet checked against its hash.
    package func segment(digest: [UInt8]) async throws -> Data {
        try await response(.GET, "/v1/agent/segments/\(Hex.encode(digest))", limit: UpdateStream.maximumUpdate)
    }

    /// Updates from generation `generation` on, until the stream ends or fails. A stream that is silent for longer
    /// than three heartbeats is dead and throws.
    package func watch(from generation: UInt64) async throws -> UpdateStream {
        var request = HTTPClientRequest(url: "\(base)/v1/agent/watch?generation=\(generation)")
        request.headers.add(name: "accept", value: "application/x-protobuf")
        let response = try await client.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            throw await Self.refusal(response)
        }
        return UpdateStream(body: response.body)
    }

    // MARK: Plumbing

    private func call<Reply: SwiftProtobuf.Message>(
        _ method: HTTPMethodName, _ path: String, body: (any SwiftProtobuf.Message)? = nil, limit: Int
    ) async throws -> Reply {
        let data = try await response(method, path, body: body, limit: limit)
        do {
            return try Reply(serializedBytes: data)
        } catch {
            throw ControllerError(
                code: "malformed-reply", message: "\(base)\(path) answered with something else", status: 0)
        }
    }

    enum HTTPMethodName { case GET, POST }

    private func response(
        _ method: HTTPMethodName, _ path: String, body: (any SwiftProtobuf.Message)? = nil, limit: Int,
        timeout: TimeAmount = .seconds(60)
    ) async throws -> Data {
        var request = HTTPClientRequest(url: base + path)
        request.method = method == .GET ? .GET : .POST
        request.headers.add(name: "accept", value: "application/x-protobuf")
        if let body {
            request.headers.add(name: "content-type", value: "application/x-protobuf")
            request.body = .bytes(ByteBuffer(data: try body.serializedBytes()))
        }
        let response = try await client.execute(request, timeout: timeout)
        guard response.status == .ok || response.status == .accepted || response.status == .noContent else {
            throw await Self.refusal(response)
        }
        return Data(buffer: try await response.body.collect(upTo: limit))
    }

    private static func refusal(_ response: HTTPClientResponse) async -> ControllerError {
        let status = Int(response.status.code)
        guard let body = try? await response.body.collect(upTo: 1 << 16),
            let message = try? WireErrorResponse(serializedBytes: Data(buffer: body)), !message.code.isEmpty
        else {
            return ControllerError(code: "http-\(status)", message: response.status.reasonPhrase, status: status)
        }
        return ControllerError(code: message.code, message: message.message, status: status)
    }
}

/// The controller said no, and why.
package struct ControllerError: Error, CustomStringConvertible {
    /// Stable, kebab-case: `node-removed`, `token-used-up`, ….
    package let code: String
    package let message: String
    /// The HTTP status; 0 where there was none.
    package let status: Int

    package var description: String { "the controller refused: \(message) [\(code)]" }
}
