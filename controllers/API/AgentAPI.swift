internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Reconciling
internal import Trust
internal import WireFormat

/// What agents talk to, once they are enrolled.
struct AgentAPI: Sendable {
    let board: PublicationBoard
    let sessions: SessionRegistry
    let observations: ObservationStore
    let enrollment: EnrollmentService
    let signer: ConfigSigner
    let timestamps: TimestampIssuer
    let trustDomain: TrustDomain

    private static let maximumReport = 1 << 20
    private static let maximumRenewal = 64 << 10

    func add(to router: Router<APIContext>) {
        let agents = router.group("v1/agent").add(
            middleware: AgentAuthentication(trustDomain: trustDomain, board: board))
        agents.get("watch", use: watch)
        agents.get("segments/{digest}", use: segment)
        agents.post("report", use: report)
        agents.post("renew", use: renew)
    }

    private func identity(_ context: APIContext) throws -> NodeIdentity {
        guard let identity = context.identity else { throw APIError.certificateNeeded }
        return identity
    }

    @Sendable private func watch(_ request: Request, _ context: APIContext) async throws -> Response {
        let node = NodeKey(try identity(context))
        guard let generation = UInt64(request.uri.queryParameters["generation"] ?? "0") else {
            throw APIError(.badRequest, "bad-generation", "generation is not a number")
        }
        let session = AgentSession(
            node: node, publicKey: context.nodeKey, inForce: generation, clientAddress: context.clientAddress,
            channel: context.channel)
        let stream = WatchStream(
            session: session, registry: sessions, board: board, signer: signer, timestamps: timestamps)
        let (sessions, logger) = (sessions, context.logger)
        sessions.open(session)
        context.channel.closeFuture.whenComplete { _ in sessions.closed(session) }
        return Response(
            status: .ok, headers: [.contentType: Response.protobufType, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { sessions.closed(session) }
                logger.debug("watch opened", metadata: ["node": "\(node)", "generation": "\(generation)"])
                try await stream.run(&writer)
                try await writer.finish(nil)
            })
    }

    @Sendable private func segment(_ request: Request, _ context: APIContext) async throws -> Response {
        let node = NodeKey(try identity(context))
        let digest = try context.parameters.require("digest")
        // A node gets the segments of its own config alone: others are none of its tenant's business.
        guard let publication = board.current, let bytes = Data(hexDigest: digest),
            publication.nodes[node]?.segments.contains(bytes) == true, let segment = publication.segments[bytes]
        else { throw APIError(.notFound, "no-such-segment", "no segment of this node's config has this hash") }
        return Response(
            status: .ok, headers: [.contentType: Response.protobufType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: segment.bytes)))
    }

    @Sendable private func report(_ request: Request, _ context: APIContext) async throws -> Response {
        let node = NodeKey(try identity(context))
        let report: WireReport = try await request.message(limit: Self.maximumReport)
        let seconds = Int64(Date().timeIntervalSince1970)
        let observation = AgentObservation(report, address: context.clientAddress, at: seconds)
        if !observation.refusal.isEmpty {
            context.logger.warning(
                "an agent refused its config", metadata: ["node": "\(node)", "refusal": "\(observation.refusal)"])
        }
        observations.record(observation, of: node)
        sessions.reported(node, report, clientAddress: context.clientAddress)
        return Response(status: .noContent)
    }

    @Sendable private func renew(_ request: Request, _ context: APIContext) async throws -> Response {
        let identity = try identity(context)
        let renewal: WireRenewRequest = try await request.message(limit: Self.maximumRenewal)
        return try .protobuf(try await enrollment.renew(identity, nodeKey: context.nodeKey, renewal))
    }
}

extension Data {
    /// 64 hexadecimal digits.
    fileprivate init?(hexDigest text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(bytes)
    }
}
