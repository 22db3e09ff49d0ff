internal import Hummingbird
internal import Manifests
internal import NIOCore
internal import SwiftProtobuf
internal import Trust
internal import WireFormat

internal import struct Foundation.Data

/// Carries one session's updates over its HTTP response.
struct WatchStream: Sendable {
    let session: AgentSession
    let registry: SessionRegistry
    let board: PublicationBoard
    let signer: ConfigSigner
    let timestamps: TimestampIssuer

    /// Until the session is closed, the client goes, or the task is cancelled.
    func run(_ writer: inout any ResponseBodyWriter) async throws {
        var isFirst = true
        var told: TimestampIssuer.Told?
        for await _ in session.pokes {
            let publication = board.current
            let published = publication?.nodes[session.node]
            let outgoing = session.take(published, farewell: publication.flatMap { farewell(at: $0.height) })
            // A poke without news is a heartbeat's; the first also tells the agent that the stream stands.
            let timestamp = timestamp(of: outgoing, published, after: &told)
            let parts = try encode(outgoing, timestamp, publication)
            if !outgoing.isEmpty || timestamp != nil || isFirst || session.isQuiet(since: .now() - .seconds(1)) {
                isFirst = false
                session.writing(true, at: .now())
                try await writer.write(contentsOf: parts)
                session.writing(false, at: .now())
            }
            if outgoing.isLast { break }
        }
    }

    /// That the config that goes out is the last word; without one, that the agent's is. While an agent has not answered
    /// an update, nothing can be said of what it has.
    private func timestamp(
        of outgoing: AgentSession.Outgoing, _ published: PublishedNode?, after told: inout TimestampIssuer.Told?
    ) -> WireEnvelope? {
        if let config = outgoing.config {
            return timestamps.timestamp(of: config, for: session.node, isNew: true, after: &told)
        }
        guard !outgoing.isLast, let published, session.delivery.inFlight == nil else { return nil }
        return timestamps.timestamp(of: published, for: session.node, isNew: false, after: &told)
    }

    /// One `Update` after its length. Segments are shared with all other streams, not copied.
    private func encode(
        _ outgoing: AgentSession.Outgoing, _ timestamp: WireEnvelope?, _ publication: Publication?
    ) throws -> [ByteBuffer] {
        var update = WireUpdate()
        update.heartbeat = outgoing.isEmpty
        if let timestamp { update.timestamp = timestamp }
        update.hints = outgoing.hints
        if let config = outgoing.config { update.config = try signer.sign(payload: config.payload) }
        let head: [UInt8] = try update.serializedBytes()
        let segments = outgoing.segments.compactMap { publication?.segments[$0]?.asUpdate }
        let length = segments.reduce(head.count) { $0 + $1.readableBytes }
        var first = ByteBuffer()
        first.reserveCapacity(head.count + Self.longestLength)
        writeVarint(length, to: &first)
        first.writeBytes(head)
        return [first] + segments
    }

    private static let longestLength = 5

    private func writeVarint(_ value: Int, to buffer: inout ByteBuffer) {
        var rest = UInt64(value)
        while rest > 0x7F {
            buffer.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }

    /// The signed word that the node is in no network any more.
    private func farewell(at height: UInt64) -> PublishedNode? {
        let config = WireNodeConfig.with {
            $0.tenant = session.node.tenant
            $0.node = session.node.node
            $0.generation = height
        }
        guard let payload: Data = try? config.serializedBytes() else { return nil }
        return PublishedNode(
            generation: height, payload: payload, segments: [], publicKey: Data(), role: .client, networks: [])
    }
}
