package import PacketIO
internal import WireGuard

/// An interface as the control thread knows it: a way to its workers, and what belongs to the kernel's side of it.
package final class ManagedInterface: Sendable {
    let id: UInt64
    /// As it was made; the kernel's may have been changed since.
    package let name: String
    /// TENANT/CVLAN; empty for a plain WireGuard interface.
    let domain: String
    let tun: TUNDevice
    /// The kernel's index in this namespace.
    let index: UInt32
    private let worker: Worker
    /// Other workers that move its packets, each with a queue of the device.
    private let others: [(worker: Worker, queue: TUNDevice)]

    package init(
        id: UInt64, name: String, domain: String, tun: TUNDevice, index: UInt32, worker: Worker,
        others: [(worker: Worker, queue: TUNDevice)] = []
    ) {
        self.id = id
        self.name = name
        self.domain = domain
        self.tun = tun
        self.index = index
        self.worker = worker
        self.others = others
    }

    /// Has the worker do something with the interface, and waits for it.
    package func perform<Result: Sendable>(_ body: @escaping @Sendable (TunnelInterface) throws -> Result) throws
        -> Result
    {
        try worker.mailbox.ask { [id] loop in
            let interface = try loop.interface(id)
            // What is asked for may be in the reports of other lanes.
            interface.takeReports(now: .now)
            let result = try body(interface)
            interface.flushOutbox()
            return result
        }
    }

    /// Has the worker do something, some time soon.
    func post(_ body: @escaping @Sendable (TunnelInterface) -> Void) {
        worker.mailbox.post { [id] loop in
            guard let interface = try? loop.interface(id) else { return }
            body(interface)
            interface.flushOutbox()
            if interface.isGone { loop.remove(id) }
        }
    }

    /// Has packets go that have waited for an SA of a peer by IPsec, some time soon.
    package func sendWaiting(toIPsecPeer number: UInt32) {
        post { $0.lane.sendWaiting(of: number) }
    }

    package func start(mtu: Int, notify: @escaping @Sendable (TunnelEvent) -> Void) throws {
        let links = others.map { LaneLink(tun: $0.queue, poller: $0.worker.poller) }
        let lanes = try worker.mailbox.ask { [self, id, tun] loop in
            let interface = try TunnelInterface(
                id: id, tun: tun, mtu: mtu, worker: loop, others: links, notify: notify)
            loop.add(interface)
            return links.map { _ in
                UnusedLane(interface.device.makeLane { self.post { $0.takeReports(now: .now) } })
            }
        }
        for ((other, link), lane) in zip(zip(others, links), lanes) {
            try other.worker.mailbox.ask { [self, id] loop in
                loop.add(TunnelLane(id: id, link, lane.lane, bench: loop.bench, notify: notify)) { error in
                    self.post { $0.linkFailed(error, now: .now) }
                }
            }
        }
    }

    /// Takes the interface from its workers. The TUN device goes with its last reference.
    package func end() {
        for other in others { try? other.worker.mailbox.ask { [id] loop in loop.remove(id) } }
        try? worker.mailbox.ask { [id] loop in loop.remove(id) }
    }
}

/// A lane on its way from the thread that made it to the one that uses it.
private struct UnusedLane: @unchecked Sendable {
    // Unchecked: whoever made it keeps no reference.
    let lane: DataLane

    init(_ lane: DataLane) {
        self.lane = lane
    }
}
