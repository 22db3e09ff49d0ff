internal import PacketIO
internal import WireGuard

/// What a worker does: wait for packets, timers and jobs. Confined to the worker's thread.
package final class WorkerLoop {
    let poller: Poller
    let batches: PacketBatches
    var isStopping = false
    private let mailbox: Mailbox<WorkerLoop>
    private var interfaces: [UInt64: TunnelInterface] = [:]

    init(poller: Poller, mailbox: Mailbox<WorkerLoop>, pool: PacketPool) {
        self.poller = poller
        self.mailbox = mailbox
        batches = PacketBatches(pool: pool)
    }

    static func makePool() throws(IOError) -> PacketPool {
        try PacketPool(slots: PacketBatches.totalCapacity)
    }

    func add(_ interface: TunnelInterface) {
        interfaces[interface.id] = interface
    }

    func remove(_ id: UInt64) {
        interfaces.removeValue(forKey: id)?.close()
    }

    func interface(_ id: UInt64) throws -> TunnelInterface {
        guard let interface = interfaces[id] else { throw EngineError.interfaceGone }
        return interface
    }

    func run() {
        var events: [Poller.Event] = []
        events.reserveCapacity(64)
        while !isStopping {
            let woken: Bool
            do {
                woken = try poller.wait(until: nextDeadline, events: &events)
            } catch {
                preconditionFailure("\(error)")
            }
            let now = Instant.now
            for event in events {
                guard let (id, source) = TunnelInterface.source(of: event.token), let interface = interfaces[id] else {
                    continue
                }
                interface.handle(event, on: source, now: now)
                if interface.isGone { remove(id) }
            }
            if woken {
                for job in mailbox.takeAll() { job(self) }
            }
            runTimers()
        }
        for id in Array(interfaces.keys) { remove(id) }
    }

    private var nextDeadline: MonotonicTime? {
        var earliest: Instant?
        for interface in interfaces.values {
            guard let deadline = interface.nextDeadline else { continue }
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        return earliest.map { MonotonicTime(nanoseconds: $0.nanoseconds) }
    }

    private func runTimers() {
        let now = Instant.now
        for interface in interfaces.values {
            if let deadline = interface.nextDeadline, deadline <= now { interface.advance(to: now) }
        }
    }
}

extension Instant {
    static var now: Instant { Instant(nanoseconds: MonotonicTime.now.nanoseconds) }

    /// For what counts in seconds.
    var wholeSeconds: UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000) }
}

/// The batches that a worker's interfaces use in turn.
final class PacketBatches {
    /// Packets that were read from a TUN device.
    let outbound: PacketBatch
    /// Datagrams that were read from a socket.
    let inbound: PacketBatch
    /// Datagrams that a device made on its own.
    let outbox: PacketBatch

    private static let packetsAtOnce = 128
    private static let outboxAtOnce = 64
    static let totalCapacity = 2 * packetsAtOnce + outboxAtOnce

    init(pool: PacketPool) {
        outbound = PacketBatch(pool: pool, capacity: Self.packetsAtOnce)
        inbound = PacketBatch(pool: pool, capacity: Self.packetsAtOnce)
        outbox = PacketBatch(pool: pool, capacity: Self.outboxAtOnce)
    }
}
