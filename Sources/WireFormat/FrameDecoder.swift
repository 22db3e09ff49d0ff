/// Cuts a stream into messages as its bytes arrive, in whatever pieces.
///
/// It holds at most `limit` bytes and a prefix beyond what `next` has given out, provided that the caller takes all
/// messages before it appends again. After an error the stream has no boundaries any more: every later call throws it again.
package struct FrameDecoder: Sendable {
    private let framing: Framing
    private let limit: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var failure: FramingError?

    /// - Parameter limit: the longest message that is taken, in bytes.
    package init(_ framing: Framing, limit: Int) {
        self.framing = framing
        self.limit = limit
    }

    /// Bytes that are held and not yet given out.
    package var pending: Int { buffer.count - position }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        if position > 0, position >= buffer.count / 2 {
            buffer.removeSubrange(..<position)
            position = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message without its length, or `nil` when more bytes are needed.
    package mutating func next() throws(FramingError) -> [UInt8]? {
        if let failure { throw failure }
        do throws(FramingError) {
            guard let header = try header() else { return nil }
            guard header.length <= limit else {
                throw FramingError(
                    code: .tooLong, description: "a message of \(header.length) bytes; \(limit) are allowed")
            }
            let start = position + header.prefix
            guard buffer.count - start >= header.length else { return nil }
            position = start + header.length
            return Array(buffer[start..<position])
        } catch {
            failure = error
            throw error
        }
    }

    /// Throws unless the stream may end here.
    package func finish() throws(FramingError) {
        if let failure { throw failure }
        guard pending == 0 else {
            throw FramingError(code: .truncated, description: "the stream ended inside a message")
        }
    }

    private func header() throws(FramingError) -> (prefix: Int, length: Int)? {
        switch framing {
        case .fixed32:
            guard pending >= 4 else { return nil }
            return (4, buffer[position..<position + 4].reduce(0) { $0 << 8 | Int($1) })
        case .varint:
            var length = 0
            for (index, byte) in buffer[position...].prefix(Framing.longestPrefix).enumerated() {
                length |= Int(byte & 0x7F) << (7 * index)
                if byte & 0x80 == 0 { return (index + 1, length) }
            }
            guard pending < Framing.longestPrefix else {
                throw FramingError(
                    code: .badLength, description: "a length of more than \(Framing.longestPrefix) bytes")
            }
            return nil
        }
    }
}
