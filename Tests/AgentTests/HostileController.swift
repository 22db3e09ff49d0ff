import Agent
import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Sodium
import SwiftProtobuf
import Synchronization
import Trust
import WireFormat

/// A controller that has the right keys, and sends an agent whatever the test wants: what a stolen TLS key or a broken
/// controller could do. HTTPS on loopback, as the real one.
final class HostileController: Sendable {
    let keys: ControllerKeys
    let folder: String
    let port: Int
    /// From which generation each watch goes on.
    let watches: AsyncStream<String>
    private let reports: AsyncStream<WireReport>
    private let state: Shared
    private let server: Task<Void, any Error>

    /// What the handlers and the test both see.
    private final class Shared: Sendable {
        struct Content {
            /// Sent again to whoever begins a watch.
            var latest: WireUpdate?
            var watch: AsyncStream<WireUpdate>.Continuation?
            /// Encodings by digest in hexadecimal.
            var segments: [String: Data] = [:]
            var segmentFailures = 0
            /// What certificates are renewed with, one list after the other; the last again and again.
            var certificateNames: [[String]] = []
            var renewals = 0
            /// Signed or not, by version.
            var roots: [String: WireEnvelope] = [:]
        }

        let content = Mutex(Content())

        func watch() -> AsyncStream<WireUpdate> {
            let (stream, continuation) = AsyncStream<WireUpdate>.makeStream()
            content.withLock { content in
                content.watch?.finish()
                content.watch = continuation
                if let latest = content.latest { continuation.yield(latest) }
            }
            return stream
        }

        func namesOfRenewal() -> [String] {
            content.withLock { content in
                content.renewals += 1
                return content.certificateNames.count > 1
                    ? content.certificateNames.removeFirst() : content.certificateNames.first ?? []
            }
        }

        func root(_ version: String) throws -> WireEnvelope? {
            content.withLock { $0.roots[version] }
        }

        func segment(_ digest: String) throws -> Data {
            try content.withLock { content in
                guard content.segmentFailures == 0 else {
                    content.segmentFailures -= 1
                    throw HTTPError(.internalServerError)
                }
                guard let bytes = content.segments[digest] else { throw HTTPError(.notFound) }
                return bytes
            }
        }
    }

    init(lifetimes: ControllerKeys.Lifetimes = .init()) async throws {
        folder = FileManager.default.temporaryDirectory.path + "/hostile-\(UUID())"
        var generator = SystemRandomNumberGenerator()
        guard let domain = TrustDomain("acme.example"), let name = ServerName("127.0.0.1") else {
            throw CancellationError()
        }
        let keys = try ControllerKeys.create(
            in: folder, trustDomain: domain, serverNames: [name], lifetimes: lifetimes, now: Date(), using: &generator)
        self.keys = keys
        let (reports, reported) = AsyncStream<WireReport>.makeStream()
        let (watches, watched) = AsyncStream<String>.makeStream()
        self.watches = watches
        let state = Shared()
        (self.reports, self.state) = (reports, state)

        let router = Router()
        router.get("v1/root") { _, _ in try Self.protobuf(keys.root.envelope) }
        router.get("v1/root/:version") { _, context in
            guard let root = try state.root(try context.parameters.require("version")) else {
                throw HTTPError(.notFound)
            }
            return try Self.protobuf(root)
        }
        router.post("v1/enroll") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let asked = try WireEnrollRequest(serializedBytes: Array(buffer: body))
            guard let identity = NodeIdentity(trustDomain: domain, tenant: asked.tenant, node: asked.node) else {
                throw HTTPError(.badRequest)
            }
            var generator = SystemRandomNumberGenerator()
            var response = WireEnrollResponse()
            response.certificates = try keys.authority.issueNode(
                identity, for: CertificateRequest(der: asked.csr), lifetime: .seconds(3600), now: Date(),
                using: &generator
            ).certificates
            return try Self.protobuf(response)
        }
        router.get("v1/agent/watch") { request, _ in
            watched.yield(request.uri.queryParameters["generation"].map(String.init) ?? "")
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for await update in state.watch() {
                        try await writer.write(ByteBuffer(bytes: try Framing.varint.encode(update)))
                    }
                    try await writer.finish(nil)
                })
        }
        router.get("v1/agent/segments/:digest") { _, context in
            let bytes = try state.segment(try context.parameters.require("digest"))
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        router.post("v1/agent/renew") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let asked = try WireRenewRequest(serializedBytes: Array(buffer: body))
            guard let identity = NodeIdentity(trustDomain: domain, tenant: "acme", node: "laptop-1") else {
                throw HTTPError(.badRequest)
            }
            var generator = SystemRandomNumberGenerator()
            var response = WireRenewResponse()
            response.certificates = try keys.authority.issueNode(
                identity, dnsNames: state.namesOfRenewal(), for: CertificateRequest(der: asked.csr),
                lifetime: .seconds(3600), now: Date(), using: &generator
            ).certificates
            return try Self.protobuf(response)
        }
        router.post("v1/agent/report") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            reported.yield(try WireReport(serializedBytes: Array(buffer: body)))
            return Response(status: .noContent)
        }

        let pem = try keys.server.key.pem().withUnsafeBytes { Array($0) }
        let chain = try keys.server.chain.certificates.map {
            NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: Array($0), format: .der))
        }
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(bytes: pem, format: .pem)))
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router, server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "hostile", factory: { _ in SwiftLogNoOpLogHandler() }))
        server = Task { try await application.run() }
        guard let bound = await ports.first(where: { _ in true }) else { throw CancellationError() }
        self.port = bound
    }

    func stop() {
        state.content.withLock { $0.watch?.finish() }
        server.cancel()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func send(_ envelope: WireEnvelope, segments: [Data] = []) {
        var update = WireUpdate()
        update.config = envelope
        update.segments = segments
        send(update)
    }

    func send(_ update: WireUpdate) {
        state.content.withLock { content in
            content.latest = update
            content.watch?.yield(update)
        }
    }

    /// Has a segment for whoever asks, after so many refusals.
    func serve(segment: Data, digest: Data, failures: Int) {
        state.content.withLock { content in
            content.segments[Hex.encode(Array(digest))] = segment
            content.segmentFailures = failures
        }
    }

    /// Answers with it whoever asks for the root document of this version.
    func serve(root: WireEnvelope, version: Int) {
        state.content.withLock { $0.roots["\(version)"] = root }
    }

    /// Gives certificates with such names, one list after the other; the last again and again.
    func renew(with names: [[String]]) {
        state.content.withLock { $0.certificateNames = names }
    }

    var renewals: Int { state.content.withLock { $0.renewals } }

    /// The first report that satisfies `condition`; reports before it are dropped.
    func report(where condition: (WireReport) -> Bool) async -> WireReport? {
        for await report in reports where condition(report) { return report }
        return nil
    }

    private static func protobuf(_ message: some SwiftProtobuf.Message) throws -> Response {
        let bytes: [UInt8] = try message.serializedBytes()
        return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
