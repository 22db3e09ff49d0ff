internal import IPsec
internal import Logging
internal import PacketIO

/// IKE and ESP of the process while there is a peer by IPsec: the ports, the thread of IKE, and the workers' parts of it. The handle is
/// for the control thread.
final class IKEService {
    let mailbox: Mailbox<IKELoop>
    /// What ESP is sent and received by, one for each worker.
    let sockets: [UDPSockets]
    let counters = IngressCounters()
    let inbox: IKEInbox
    private let workers: [Worker]

    init(workers: [Worker], ports: IPsecPorts, log: Logger) throws {
        self.workers = workers
        sockets = try Self.open(ports.encapsulated) { try UDPSockets.share(port: $0, among: workers.count) }
        let plain = try Self.open(ports.plain) { try UDPSockets(port: $0) }
        let poller = try Poller()
        let mailbox = Mailbox<IKELoop>(poller: poller)
        self.mailbox = mailbox
        let table = SPITable(readers: workers.count)
        let inbox = IKEInbox { poller.wake() }
        self.inbox = inbox
        // Made here, where a failure can be told, and used by the thread alone.
        nonisolated(unsafe) let loop = try IKELoop(
            IKELoop.Ports(plain: plain, encapsulated: sockets[0], table: table, inbox: inbox, log: log),
            poller: poller, mailbox: mailbox)
        PlainThread.start(name: "ike") { loop.run() }
        do {
            for (index, worker) in workers.enumerated() {
                let ingress = IPsecIngress.Ports(
                    sockets: sockets[index], table: table, reader: index, inbox: inbox, counters: counters)
                try worker.mailbox.ask { try $0.setIngress(ingress) }
            }
        } catch {
            stop()
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

    /// Ends the thread, after it has told peers of what is over, and leaves the ports.
    func stop() {
        try? mailbox.ask { $0.isStopping = true }
        for worker in workers { try? worker.mailbox.ask { try $0.setIngress(nil) } }
    }
}
