import Addressing
import IPsec
import Synchronization
import TestRandom
import TestRoguePeer
import Testing
import Tunneling

/// A host, and a peer that says to it what it likes.
final class Encounter {
    static let id = ConnectionID(interface: 1, name: "rogue")
    static let address = IPAddress(v4: 0xC000_0202)
    static let own = LocalSource(address: IPAddress(v4: 0xC000_0201), interface: 0)
    static let path = path(port: 4500)

    /// As the host sees it.
    static func path(_ address: IPAddress = address, port: UInt16) -> IKEPath {
        IKEPath(remote: Endpoint(address, port: port), source: own, localPort: IKEPath.encapsulationPort)
    }

    let host: IKEHost
    var peer: RoguePeer
    private(set) var now: Instant
    /// The host's last request, and how many there were.
    private(set) var question: (header: IKEHeader, content: MessageContent)?
    private(set) var questions = 0
    private(set) var answers: [MessageContent] = []
    private(set) var keepalives = 0
    private(set) var children: [ChildSA] = []
    private(set) var paths: [IKEPath] = []

    /// The Diffie-Hellman exchange is over, and nobody has proven anything.
    init(
        hostBegins: Bool, settings: HostSettings = HostSettings(), spis: [[UInt8]] = [], source: [UInt8]? = nil,
        _ change: (inout Connection) -> Void = { _ in }
    ) throws {
        let now = Instant(nanoseconds: 1_000_000_000_000)
        let host = Self.host(settings, spis: spis)
        var connection = Self.connection(hostBegins: hostBegins)
        change(&connection)
        host.put(connection, now: now)
        let peer: RoguePeer?
        if hostBegins {
            let request = try #require(host.takeOutbox().first)
            peer = RoguePeer(answering: request.bytes) { host.receive($0, on: Self.path, now: now) }
        } else {
            peer = RoguePeer(source: source) { request in
                host.receive(request, on: Self.path, now: now)
                return host.takeOutbox().first?.bytes
            }
        }
        self.host = host
        self.now = now
        self.peer = try #require(peer)
        collect()
    }

    /// - Parameter spis: the first that are drawn for CHILD SAs.
    static func host(_ settings: HostSettings = HostSettings(), spis: [[UInt8]] = []) -> IKEHost {
        let drawn = Mutex(spis)
        let seeded = Mutex(SeededRandom(1))
        return IKEHost(
            environment: Environment(
                random: { buffer in
                    let count = buffer.count
                    let spi = drawn.withLock { $0.isEmpty || count != 4 ? nil : $0.removeFirst() }
                    buffer.copyBytes(from: spi ?? seeded.withLock { $0.bytes(count) })
                }, wallTime: { WallTime(seconds: 1_800_000_000, nanoseconds: 0) }), settings: settings)
    }

    static func connection(hostBegins: Bool) -> Connection {
        let everything = [TrafficSelector.everything(.v4)]
        var connection = Connection(
            id: id, local: .sharedKey(RoguePeer.secret), localIdentity: .fqdn("host.example"),
            remote: .sharedKey(RoguePeer.secret), remoteIdentities: [.identity(RoguePeer.identity)],
            localSelectors: everything, remoteSelectors: everything)
        connection.start = hostBegins ? .atOnce : .never
        if hostBegins { connection.remoteEndpoints = [Endpoint(address, port: 500)] }
        return connection
    }

    /// Proves who the peer is, and has a CHILD SA made.
    func authenticate(selectors: [TrafficSelector]? = nil) throws {
        let payloads = try #require(peer.authentication(to: question?.content, selectors: selectors))
        send(peer.seal(.ikeAuth, answering: peer.isInitiator ? nil : question?.header.messageID, payloads))
    }

    func ask(_ exchange: ExchangeType, _ payloads: [Payload], on path: IKEPath = path) {
        send(peer.seal(exchange, payloads), on: path)
    }

    /// Answers the host's last request.
    func answer(_ payloads: [Payload]) throws {
        let header = try #require(question).header
        send(peer.seal(header.exchange, answering: header.messageID, payloads))
    }

    func send(_ datagram: [UInt8], on path: IKEPath = path) {
        host.receive(datagram, on: path, now: now)
        collect()
    }

    func wait(_ span: Instant.Span) {
        let end = now + span
        collect()
        while let next = host.nextDeadline, next <= end {
            now = max(now, next)
            host.advance(to: now)
            collect()
        }
        now = end
    }

    private func collect() {
        for event in host.takeEvents() {
            switch event {
            case .childReady(let child): children.append(child)
            case .pathChanged(_, _, let path): paths.append(path)
            default: break
            }
        }
        for datagram in host.takeOutbox() {
            guard datagram.kind == .message else {
                keepalives += 1
                continue
            }
            guard let message = peer.open(datagram.bytes) else { continue }
            if message.header.isResponse {
                answers.append(message.content)
            } else {
                question = message
                questions += 1
            }
        }
    }

    var lastFailure: IKEFailure? { host.snapshot().first?.lastFailure?.failure }
    var peers: [IKESnapshot.Peer] { host.snapshot().flatMap(\.peers) }
}
