package import SwiftProtobuf

/// A message that is encoded part by part, where the whole of it as values would take many times the memory. Encoded
/// messages that follow each other are one message: what they repeat is strung together, and the rest is merged
/// (protobuf.dev/programming-guides/encoding, "Last One Wins").
package struct EncodedMessage {
    private(set) var parts: [[UInt8]] = []
    private(set) var count = 0

    package init() {}

    package mutating func append(_ part: some Message) throws {
        append(bytes: try part.serializedBytes())
    }

    /// Adds a field that is a message.
    package mutating func append(_ message: EncodedMessage, asField number: UInt8) {
        precondition(number < 16, "a tag of more than a byte")
        var head = [number << 3 | 2]
        Framing.varint.append(lengthOf: message.count, to: &head)
        append(bytes: head)
        parts += message.parts
        count += message.count
    }

    /// The parts of the message after its length, as they are sent.
    package func framed(_ framing: Framing) -> [[UInt8]] {
        var head: [UInt8] = []
        framing.append(lengthOf: count, to: &head)
        return [head] + parts
    }

    private mutating func append(bytes: [UInt8]) {
        parts.append(bytes)
        count += bytes.count
    }
}
