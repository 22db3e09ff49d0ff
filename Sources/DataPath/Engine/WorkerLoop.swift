package import PacketIO
internal import Tunneling
internal import WireGuard

/// What a worker does: wait for packets, timers and jobs. Confined to the worker's thread.
package final class WorkerLoop {
    let poller: Poller
    let bench: Workbench
    var isStopping = false
    private let mailbox: Mailbox<WorkerLoop>
    /// That belong to this worker.
    private var interfaces: [UInt64: TunnelInterface] = [:]
    /// Of interfaces that belong to others.
    private var lanes: [UInt64: ForeignLane] = [:]
    /// `nil` while nothing goes by IPsec.
    private var ingress: IPsecIngress?
    /// When the workbench gives back what a rush has taken, unless packets come before.
    private var releaseAt: Instant?
    private static let releaseAfter = Instant.Span.seconds(3)

    /// A tuple in its place would have the function wrapped, and memory allocated, each time one is looked up.
    private struct ForeignLane {
        let lane: TunnelLane
        let linkFailed: @Sendable (IOError) -> Void
    }

    init(poller: Poller, mailbox: Mailbox<WorkerLoop>, bench: Workbench) {
        self.poller = poller
        self.mailbox = mailbox
        self.bench = bench
    }

    func add(_ interface: TunnelInterface) {
        interfaces[interface.id] = interface
    }

    /// - Parameter linkFailed: told what the TUN device answered.
    func add(_ lane: TunnelLane, linkFailed: @escaping @Sendable (IOError) -> Void) {
        lanes[lane.id] = ForeignLane(lane: lane, linkFailed: linkFailed)
    }

    /// Takes its part of the IPsec port, or leaves it.
    package func setIngress(_ ports: IPsecIngress.Ports?) throws(IOError) {
        ingress?.close()
        ingress = nil
        guard let ports else { return }
        ingress = try IPsecIngress(ports, bench: bench, poller: poller) { [unowned self] id in
            interfaces[id]?.lane ?? lanes[id]?.lane
        }
    }

    func remove(_ id: UInt64) {
        interfaces.removeValue(forKey: id)?.close()
        lanes[id] = nil
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
                woken = try poller.wait(until: wantsIdleTime ? .now : nextDeadline, events: &events)
            } catch {
                preconditionFailure("\(error)")
            }
            let now = Instant.now
            if !events.isEmpty, bench.holdsMemory { releaseAt = now + Self.releaseAfter }
            for event in events { handle(event, now: now) }
            if woken {
                for job in mailbox.takeAll() { job(self) }
            }
            runTimers(isIdle: events.isEmpty && !woken)
        }
        for id in Array(interfaces.keys) { remove(id) }
    }

    private func handle(_ event: Poller.Event, now: Instant) {
        guard let (id, source) = TunnelLane.source(of: event.token) else { return }
        if id == IPsecIngress.id {
            ingress?.handle(source == .udp4 ? .v4 : .v6, now: now)
        } else if let interface = interfaces[id] {
            interface.handle(event, on: source, now: now)
            if interface.isGone { remove(id) }
        } else if let foreign = lanes[id] {
            do {
                try foreign.lane.handle(event, on: source, now: now)
            } catch {
                // What is gone would wake this worker without end.
                if error.isDeviceGone { poller.remove(foreign.lane.tun.descriptor) }
                foreign.linkFailed(error)
            }
        }
    }

    private var nextDeadline: MonotonicTime? {
        var earliest = releaseAt
        for interface in interfaces.values {
            guard let deadline = interface.nextDeadline else { continue }
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        return earliest.map { MonotonicTime(nanoseconds: $0.nanoseconds) }
    }

    private var wantsIdleTime: Bool {
        interfaces.values.contains { $0.device.hasBacklog && $0.device.wantsIdleTime(at: .now) }
    }

    private func runTimers(isIdle: Bool) {
        let now = Instant.now
        if let due = releaseAt, due <= now {
            bench.release()
            releaseAt = nil
        }
        for interface in interfaces.values {
            let isWanted = isIdle && interface.device.wantsIdleTime(at: now)
            if isWanted || interface.nextDeadline.map({ $0 <= now }) ?? false {
                interface.advance(to: now, isIdle: isIdle)
            }
        }
    }
}

extension Instant {
    static var now: Instant { Instant(nanoseconds: MonotonicTime.now.nanoseconds) }

    /// For what counts in seconds.
    var wholeSeconds: UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000) }
}
