internal import PacketIO

/// Bytes that wait until the other end of a connection reads.
package struct OutgoingBytes {
    private var bytes: [UInt8] = []
    private var position = 0

    package init() {}

    /// What waits.
    package var pending: ArraySlice<UInt8> { bytes[position...] }

    var isEmpty: Bool { position == bytes.count }
    var count: Int { bytes.count - position }

    mutating func append(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Writes what goes.
    mutating func write(to stream: UnixStream) throws(IOError) {
        while position < bytes.count {
            let written = try stream.write(bytes[position...])
            guard written > 0 else { return }
            position += written
        }
        bytes = []
        position = 0
    }
}
