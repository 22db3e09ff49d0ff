internal import Hummingbird
internal import NIOCore
internal import SwiftProtobuf

extension Request {
    /// How long a client may take to send a body: enough for a bad link, too little to hold connections for nothing.
    static let bodyTimeout = Duration.seconds(20)

    /// The whole body, at most `limit` bytes.
    func bytes(limit: Int) async throws -> ByteBuffer {
        if let announced = headers[.contentLength].flatMap(Int.init), announced > limit { throw APIError.tooLarge }
        let body = self.body
        return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask {
                do {
                    return try await body.collect(upTo: limit)
                } catch is NIOTooManyBytesError {
                    throw APIError.tooLarge
                }
            }
            group.addTask {
                try await Task.sleep(for: Self.bodyTimeout)
                throw APIError.unsent
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() else { throw APIError.malformed }
            return body
        }
    }

    func message<M: SwiftProtobuf.Message>(_ type: M.Type = M.self, limit: Int) async throws -> M {
        let bytes = try await bytes(limit: limit)
        do {
            return try M(serializedBytes: Array(bytes.readableBytesView))
        } catch {
            throw APIError.malformed
        }
    }
}
