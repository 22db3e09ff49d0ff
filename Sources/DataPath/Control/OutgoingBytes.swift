internal import PacketIO

/// Bytes that wait until the other end of a connection reads. What is long is made a part at a time, when those before are written.
package struct OutgoingBytes {
    /// Makes the next part; `nil`: there is none any more.
    package typealias Source = () -> [UInt8]?

    private enum Waiting {
        case bytes([UInt8])
        case source(Source)
    }

    private var bytes: [UInt8] = []
    private var position = 0
    /// What comes after `bytes`.
    private var waiting: [Waiting] = []

    package init() {}

    var isEmpty: Bool { position == bytes.count && waiting.isEmpty }
    /// Bytes that are made; more may be to come.
    var count: Int { bytes.count - position }
    /// Whether there is something to be made yet.
    var isMaking: Bool { !waiting.isEmpty }

    mutating func append(_ more: some Collection<UInt8>) {
        if waiting.isEmpty { bytes.append(contentsOf: more) } else { waiting.append(.bytes(Array(more))) }
    }

    mutating func append(from source: @escaping Source) {
        waiting.append(.source(source))
    }

    /// What is to be written next; empty when nothing is left.
    package mutating func next() -> ArraySlice<UInt8> {
        while position == bytes.count {
            position = 0
            bytes = []
            switch waiting.first {
            case .bytes(let next):
                bytes = next
                waiting.removeFirst()
            case .source(let source):
                if let next = source() { bytes = next } else { waiting.removeFirst() }
            case nil: return []
            }
        }
        return bytes[position...]
    }

    /// So many bytes of `next` are written.
    package mutating func drop(_ count: Int) {
        position += count
    }

    /// Writes what goes.
    mutating func write(to stream: UnixStream) throws(IOError) {
        while true {
            let next = next()
            guard !next.isEmpty else { return }
            let written = try stream.write(next)
            guard written > 0 else { return }
            drop(written)
        }
    }
}
