internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
package import WireFormat

/// The updates of a watch stream: each a message after its length as a varint.
package struct UpdateStream: AsyncSequence, Sendable {
    package typealias Element = WireUpdate

    /// A config with all its segments: 100,000 peers in one network take some 10 MB.
    static let maximumUpdate = 64 << 20

    let body: HTTPClientResponse.Body

    package struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: HTTPClientResponse.Body.AsyncIterator
        var frames = FrameDecoder(.varint, limit: UpdateStream.maximumUpdate)

        package mutating func next() async throws -> WireUpdate? {
            while true {
                if let frame = try frames.next() {
                    return try WireUpdate(serializedBytes: frame)
                }
                guard let chunk = try await chunks.next() else { return nil }
                frames.append(chunk.readableBytesView)
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: body.makeAsyncIterator())
    }
}
