package import SwiftProtobuf

/// How one message in a stream is told from the next: by its length before it.
package enum Framing: Sendable {
    /// A protobuf varint: the streams of the agent API.
    case varint
    /// Four bytes, big-endian: the socket of `cvland`.
    case fixed32
}

package struct FramingError: Error, Hashable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A message announces more bytes than the reader allows.
        case tooLong
        /// A varint of more than 5 bytes, or one that does not end where it could.
        case badLength
        /// The stream ended inside a message.
        case truncated
    }

    package let code: Code
    package let description: String
}

extension Framing {
    /// The longest length prefix, in bytes.
    static let longestPrefix = 5

    package func append(_ message: some Collection<UInt8>, to stream: inout [UInt8]) {
        append(lengthOf: message.count, to: &stream)
        stream.append(contentsOf: message)
    }

    /// What is before a message of so many bytes.
    package func append(lengthOf count: Int, to stream: inout [UInt8]) {
        switch self {
        case .varint:
            var length = UInt64(count)
            while length > 0x7F {
                stream.append(UInt8(truncatingIfNeeded: length) | 0x80)
                length >>= 7
            }
            stream.append(UInt8(length))
        case .fixed32:
            let length = UInt32(count)
            stream.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
        }
    }

    /// The message after its length.
    package func encode(_ message: some Message) throws -> [UInt8] {
        let body: [UInt8] = try message.serializedBytes()
        var stream: [UInt8] = []
        stream.reserveCapacity(body.count + Self.longestPrefix)
        append(body, to: &stream)
        return stream
    }
}
