internal import IPsec
internal import Logging
internal import PacketIO
internal import Synchronization
internal import Tunneling

/// IKE and ESP of the process while there is a peer by IPsec, and until peers that are no more have been told so: the ports, the thread
/// of IKE, and the workers' parts of it. The handle is for the control thread.
///
///     running ──dismiss──▶ leaving ──peers know, or it is time──▶ over
///        ▲                    │
///        └──────recall────────┘
final class IKEService {
    let mailbox: Mailbox<IKELoop>
    /// What ESP is sent and received by, one for each worker.
    let sockets: [UDPSockets]
    let counters = IngressCounters()
    let inbox: IKEInbox
    private let plain: UDPSockets
    private let life = ServiceLife()

    /// Peers that do not answer are told again and again for so long.
    private static let patience = Instant.Span.seconds(30)
    /// The same when the process ends.
    private static let shortPatience = Instant.Span.seconds(1)

    init(workers: [Worker], ports: IPsecPorts, mark: UInt32, log: Logger) throws {
        sockets = try Self.open(ports.encapsulated) {
            try UDPSockets.share(port: $0, among: workers.count, mark: mark)
        }
        plain = try Self.open(ports.plain) { try UDPSockets(port: $0, mark: mark) }
        let poller = try Poller()
        let mailbox = Mailbox<IKELoop>(poller: poller)
        self.mailbox = mailbox
        let table = SPITable(readers: workers.count)
        let inbox = IKEInbox { poller.wake() }
        self.inbox = inbox
        // Made here, where a failure can be told, and used by the thread alone.
        let loop = try IKELoop(
            IKELoop.Ports(plain: plain, encapsulated: sockets[0], table: table, inbox: inbox, log: log),
            poller: poller, mailbox: mailbox)
        let thread = IKEThread(loop, of: self, workers: workers, life)
        PlainThread.start(name: "ike") { thread.run() }
        do {
            for (index, worker) in workers.enumerated() {
                let ingress = IPsecIngress.Ports(
                    sockets: sockets[index], table: table, reader: index, inbox: inbox, counters: counters)
                try worker.mailbox.ask { try $0.setIngress(ingress) }
            }
        } catch {
            dismiss()
            throw error
        }
    }

    private static func open<Sockets>(_ port: UInt16, _ body: (UInt16) throws -> Sockets) throws -> Sockets {
        do {
            return try body(port)
        } catch let error as IOError {
            throw EngineError.noIPsecPort(port, error)
        }
    }

    /// What the kernel marks datagrams with.
    func setMark(_ mark: UInt32) throws(IOError) {
        for sockets in sockets + [plain] { try sockets.setMark(mark) }
    }

    // MARK: Its end

    /// There is no peer left: leaves the ports and ends the thread, as soon as peers know or the patience is at its end.
    func dismiss() {
        if life.leave() { mailbox.post { $0.endsBy = .now + Self.patience } }
    }

    /// The process ends: waits for the end, after `dismiss`, but not for long.
    func finish() {
        mailbox.post { $0.endsBy = .now + Self.shortPatience }
        life.waitForEnd()
    }

    /// There is a peer again. Returns false when it is too late, and the ports have been left.
    func recall() -> Bool {
        guard life.recall() else {
            life.waitForEnd()
            return false
        }
        mailbox.post { $0.endsBy = nil }
        return true
    }
}

/// The thread of IKE on its way there.
private final class IKEThread: @unchecked Sendable {
    // Unchecked: the thread alone uses what is variable; of the service it only lets go.
    private var loop: IKELoop?
    /// Holds the ports, whoever else has let go of it.
    private var service: IKEService?
    private let workers: [Worker]
    private let life: ServiceLife

    init(_ loop: IKELoop, of service: IKEService, workers: [Worker], _ life: ServiceLife) {
        self.loop = loop
        self.service = service
        self.workers = workers
        self.life = life
    }

    func run() {
        loop?.run { life.end() }
        for worker in workers { try? worker.mailbox.ask { try $0.setIngress(nil) } }
        (loop, service) = (nil, nil)
        life.announceEnd()
    }
}

/// How far a service is from its end. Any thread may call.
private final class ServiceLife: Sendable {
    private enum Phase {
        case running, leaving, over
    }

    private let phase = Mutex(Phase.running)
    private let ended = Reply<Void>()

    /// Returns whether it was running.
    func leave() -> Bool {
        phase.withLock { phase in
            guard phase == .running else { return false }
            phase = .leaving
            return true
        }
    }

    /// Returns whether it goes on.
    func recall() -> Bool {
        phase.withLock { phase in
            guard phase != .over else { return false }
            phase = .running
            return true
        }
    }

    /// Returns whether it is over: nobody wants it to go on.
    func end() -> Bool {
        phase.withLock { phase in
            guard phase == .leaving else { return false }
            phase = .over
            return true
        }
    }

    func announceEnd() { ended.fulfil(.success(())) }

    func waitForEnd() { try? ended.wait() }
}
