internal import Tunneling

/// Handshake work that waits because handshakes have had their share of the time: messages from peers, and peers that we
/// want to begin with.
struct HandshakeBacklog {
    /// Messages that may wait: what is worked on in half a second. Whoever is turned away comes again after REKEY_TIMEOUT.
    static let maximumMessages = 1024
    /// From here on, senders must prove their addresses: as many as the Linux kernel lets wait before it asks for that.
    static let loadedFrom = maximumMessages / 8

    /// A message whose first MAC is valid.
    struct Message {
        let type: MessageType
        let parts: HandshakeMessage
        /// Bytes of the datagram.
        let count: Int
        let path: Path
    }

    enum Work {
        case message(Message)
        case initiation(to: PeerID)
    }

    private var messages = WaitingQueue<Message>(limit: maximumMessages)
    /// Each peer is in it once, as `Peer.isInitiationWaiting` says.
    private var initiations = WaitingQueue<PeerID>(limit: .max)
    private var isOursNext = false

    var isEmpty: Bool { messages.isEmpty && initiations.isEmpty }
    var isLoaded: Bool { messages.count >= Self.loadedFrom }

    /// `false` when too many wait.
    mutating func append(_ message: Message) -> Bool { messages.append(message) }

    mutating func append(initiationTo peer: PeerID) { _ = initiations.append(peer) }

    /// Both kinds in turn, so that neither holds the other up.
    mutating func next() -> Work? {
        isOursNext.toggle()
        if isOursNext, let peer = initiations.popFirst() { return .initiation(to: peer) }
        if let message = messages.popFirst() { return .message(message) }
        return initiations.popFirst().map { .initiation(to: $0) }
    }

    mutating func removeMessages() { messages.removeAll() }

    mutating func removeAll() { self = HandshakeBacklog() }
}
