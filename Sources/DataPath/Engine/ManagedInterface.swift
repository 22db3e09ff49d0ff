package import PacketIO
internal import WireGuard

/// An interface as the control thread knows it: a way to its worker, and what belongs to the kernel's side of it.
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

    package init(id: UInt64, name: String, domain: String, tun: TUNDevice, index: UInt32, worker: Worker) {
        self.id = id
        self.name = name
        self.domain = domain
        self.tun = tun
        self.index = index
        self.worker = worker
    }

    /// Has the worker do something with the interface, and waits for it.
    package func perform<Result: Sendable>(_ body: @escaping @Sendable (TunnelInterface) throws -> Result) throws
        -> Result
    {
        try worker.mailbox.ask { [id] loop in
            let interface = try loop.interface(id)
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

    package func start(mtu: Int, notify: @escaping @Sendable (TunnelEvent) -> Void) throws {
        try worker.mailbox.ask { [id, tun] loop in
            loop.add(try TunnelInterface(id: id, tun: tun, mtu: mtu, worker: loop, notify: notify))
        }
    }

    /// Takes the interface from its worker. The TUN device goes with its last reference.
    package func end() {
        try? worker.mailbox.ask { [id] loop in loop.remove(id) }
    }
}
