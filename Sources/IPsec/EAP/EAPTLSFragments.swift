/// Cuts TLS messages to the size of EAP's, and joins the peer's (RFC 5216 §2.1.5): flags 1 │ length of the whole 4, where L is set │
/// data.
struct EAPTLSFragments {
    enum Received {
        case message([UInt8])
        /// The peer waits for this: an acknowledgement, or our next fragment.
        case send([UInt8])
        case refused(EAPRefusal)
    }

    static let start: UInt8 = 0x20
    private static let length: UInt8 = 0x80
    private static let more: UInt8 = 0x40

    /// More than any certificate chain has.
    private static let limit = 64 << 10
    /// TLS data in one EAP message, so that a datagram of the smallest MTU holds it.
    private static let fragmentCount = 1_000

    private var incoming: [UInt8] = []
    private var outgoing: ArraySlice<UInt8> = []

    /// What to say first of a message; more of it goes out as the peer acknowledges.
    mutating func send(_ message: [UInt8]) -> [UInt8] {
        guard message.count > Self.fragmentCount else { return [0] + message }
        outgoing = message[...]
        let count = withUnsafeBytes(of: UInt32(clamping: message.count).bigEndian) { Array($0) }
        return [Self.length | Self.more] + count + nextFragment()
    }

    private mutating func nextFragment() -> ArraySlice<UInt8> {
        defer { outgoing = outgoing.dropFirst(Self.fragmentCount) }
        return outgoing.prefix(Self.fragmentCount)
    }

    mutating func receive(_ data: [UInt8]) -> Received {
        guard let flags = data.first else { return .refused(.unexpectedMessage) }
        let header = flags & Self.length == 0 ? 1 : 5
        guard data.count >= header else { return .refused(.unexpectedMessage) }
        let isAcknowledgement = data.count == header && flags & Self.more == 0
        if !outgoing.isEmpty {
            guard isAcknowledgement else { return .refused(.unexpectedMessage) }
            let fragment = nextFragment()
            return .send([outgoing.isEmpty ? 0 : Self.more] + fragment)
        }
        guard incoming.count + data.count <= Self.limit else { return .refused(.tooLong) }
        incoming += data[header...]
        if flags & Self.more != 0 {
            return data.count > header ? .send([0]) : .refused(.unexpectedMessage)
        }
        defer { incoming = [] }
        return .message(incoming)
    }
}
