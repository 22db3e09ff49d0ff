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

    /// Until the session is closed, the client goes, or the task is cancelled.
    func run(_ writer: inout any ResponseBodyWriter) async throws {
        var isFirst = true
        for await _ in session.pokes {
            let publication = board.current
            let published = publication?.nodes[session.node]
            let outgoing = session.take(published, farewell: publication.flatMap { farewell(at: $0.height) })
            // A poke without news is a heartbeat's; the first also tells the agent that the stream stands.
            let parts = try encode(outgoing, publication, isHeartbeat: outgoing.isEmpty)
            if !outgoing.isEmpty || isFirst || session.isQuiet(since: .now() - .seconds(1)) {
                isFirst = false
                session.writing(true, at: .now())
                try await writer.write(contentsOf: parts)
                session.writing(false, at: .now())
            }
            if outgoing.isLast { break }
        }
    }

    /// One `Update` after its length. Segments are shared with all other streams, not copied.
    private func encode(
        _ outgoing: AgentSession.Outgoing, _ publication: Publication?, isHeartbeat: Bool
    ) throws -> [ByteBuffer] {
        var update = WireUpdate()
        update.heartbeat = isHeartbeat
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
