internal import OpenSSL

/// Seals and opens the messages of one IKE SA (RFC 7296 §3.14), in fragments where that is agreed (RFC 7383).
struct MessageProtection {
    enum Opened {
        case message([Payload])
        /// A fragment; others are missing.
        case partial
        /// Not by our peer, or damaged on its way.
        case notAuthentic
        /// By our peer, and against the protocol.
        case invalid(MessageError)
    }

    /// Headers of IPv6 and UDP, and a non-ESP marker: what a datagram's size has besides the message.
    private static let overhead = 40 + 8 + 4

    let suite: IKESuite
    let keys: IKEKeys
    private let outgoing: IKECipher
    private let incoming: IKECipher
    /// Bytes of a datagram; `nil`: nothing is fragmented.
    private var fragmentSize: Int?
    /// The same of the peer's fragments.
    private(set) var peerFragmentSize = Int.max
    private var requests = FragmentAssembly()
    private var responses = FragmentAssembly()

    init(
        _ suite: IKESuite, _ keys: IKEKeys, isInitiator: Bool, fragmentSize: Int?, peerFragmentSize: Int = .max
    ) {
        self.peerFragmentSize = peerFragmentSize
        self.suite = suite
        self.keys = keys
        self.fragmentSize = fragmentSize
        let initiator = IKECipher(suite, encryptionKey: keys.ei, integrityKey: keys.ai)
        let responder = IKECipher(suite, encryptionKey: keys.er, integrityKey: keys.ar)
        outgoing = isInitiator ? initiator : responder
        incoming = isInitiator ? responder : initiator
    }

    /// Has messages go in fragments of another size, where they go in fragments.
    mutating func setFragmentSize(_ size: Int) {
        if fragmentSize != nil { fragmentSize = size }
    }

    /// Has fragments be as small as the peer's, which may know more of the way; not smaller than what any way carries.
    private mutating func follow(_ message: Int) {
        peerFragmentSize = min(peerFragmentSize, max(message + Self.overhead, Self.leastFragmentSize))
    }

    /// RFC 7383 §2.5.1, for IPv4.
    private static let leastFragmentSize = 576

    // MARK: Sealing

    /// The message as one datagram, or as many as its fragments are.
    func seal(_ header: IKEHeader, _ payloads: [Payload]) -> [[UInt8]] {
        let (first, plaintext) = PayloadChain.encode(payloads)
        let bodyCount = outgoing.bodyCount(forPlaintext: plaintext.count)
        let prefix = Envelope.prefix(header, firstType: first, bodyCount: bodyCount)
        if let size = fragmentSize.map({ min($0, peerFragmentSize) }), prefix.count + bodyCount + Self.overhead > size {
            return fragments(header, first, plaintext, size: size)
        }
        return [prefix + outgoing.seal(plaintext, header: prefix)]
    }

    private func fragments(_ header: IKEHeader, _ first: PayloadType, _ plaintext: [UInt8], size: Int) -> [[UInt8]] {
        let envelope = Envelope.prefix(header, firstType: first, fragment: 1, of: 1, bodyCount: 0).count
        // What is left of a datagram for payloads: a body of none is all vector, padding and check value.
        let room = size - Self.overhead - envelope - outgoing.bodyCount(forPlaintext: 0) - suite.encryption.blockCount
        let least = (plaintext.count + FragmentAssembly.maximumCount - 1) / FragmentAssembly.maximumCount
        let step = max(room, least, 64)
        let pieces = stride(from: 0, to: plaintext.count, by: step).map {
            Array(plaintext[$0..<min($0 + step, plaintext.count)])
        }
        return pieces.enumerated().map { index, piece in
            let prefix = Envelope.prefix(
                header, firstType: first, fragment: UInt16(index + 1), of: UInt16(pieces.count),
                bodyCount: outgoing.bodyCount(forPlaintext: piece.count))
            return prefix + outgoing.seal(piece, header: prefix)
        }
    }

    // MARK: Opening

    /// Opens a message, or takes in a fragment of one.
    mutating func open(_ datagram: [UInt8]) -> Opened {
        guard let message = try? IKEMessage.decode(datagram), let last = message.payloads.last else {
            return .notAuthentic
        }
        switch last {
        case .encrypted(let payload):
            guard let plaintext = open(payload.body, of: datagram) else { return .notAuthentic }
            return decode(payload.firstType, plaintext)
        case .encryptedFragment(let fragment): return take(fragment, of: datagram, message.header)
        default: return .notAuthentic
        }
    }

    /// Whether a message, or the first fragment of one, is authentic. Changes nothing.
    func isAuthentic(_ datagram: [UInt8]) -> Bool {
        guard let message = try? IKEMessage.decode(datagram) else { return false }
        switch message.payloads.last {
        case .encrypted(let payload): return open(payload.body, of: datagram) != nil
        case .encryptedFragment(let fragment):
            // One answer to all fragments of a repeated request is enough (RFC 7383 §2.6.1).
            return fragment.number == 1 && open(fragment.body, of: datagram) != nil
        default: return false
        }
    }

    private mutating func take(_ fragment: EncryptedFragment, of datagram: [UInt8], _ header: IKEHeader) -> Opened {
        guard fragmentSize != nil else { return .notAuthentic }
        let assembly = header.isResponse ? responses : requests
        guard assembly.wants(fragment.number, of: fragment.total, messageID: header.messageID) else { return .partial }
        guard let piece = open(fragment.body, of: datagram) else { return .notAuthentic }
        let whole =
            header.isResponse
            ? responses.take(piece, fragment, messageID: header.messageID)
            : requests.take(piece, fragment, messageID: header.messageID)
        // The last is shorter than the others.
        if fragment.number == 1, fragment.total > 1 { follow(datagram.count) }
        guard let whole else { return .partial }
        return decode(whole.firstType, whole.bytes)
    }

    private func open(_ body: [UInt8], of datagram: [UInt8]) -> [UInt8]? {
        try? incoming.open(body, header: Array(datagram.dropLast(body.count)))
    }

    private func decode(_ first: PayloadType, _ plaintext: [UInt8]) -> Opened {
        do {
            return .message(try PayloadChain.decode(first, plaintext))
        } catch {
            return .invalid(error)
        }
    }
}
