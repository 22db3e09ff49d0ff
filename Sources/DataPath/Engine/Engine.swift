package import Logging
package import PacketIO
internal import Tunneling
internal import WireGuard

/// All interfaces of the process, the workers that move their packets, and the kernel's news about them. Confined to the
/// control thread.
package final class Engine {
    let loop: EventLoop
    let log: Logger
    let netlink: Netlink
    private(set) var interfaces: [String: ManagedInterface] = [:]
    /// Called when an interface is no more, whoever deleted it.
    var interfaceEnded: (ManagedInterface) -> Void = { _ in }

    private let monitor: NetlinkMonitor
    private let workers: [Worker]
    /// Peers by IPsec of all interfaces.
    let ipsec: IPsecControl
    private var nextID: UInt64 = 1

    package init(loop: EventLoop, log: Logger, workerCount: Int, ipsecPorts: IPsecPorts = .standard) throws {
        self.loop = loop
        self.log = log
        netlink = try Netlink()
        monitor = try NetlinkMonitor()
        workers = try (0..<max(workerCount, 1)).map { try Worker(number: $0) }
        ipsec = IPsecControl(workers: workers, ports: ipsecPorts, log: log)
        _ = try loop.add(monitor.descriptor) { [unowned self] _ in readNews() }
        log.info("packets are encrypted by \(cipher)", metadata: ["workers": "\(workers.count)"])
        if let reason = workers[0].cipherFallback { log.notice("slower encryption: \(reason)") }
    }

    /// One for each processor that the process may use, as far as that is of use.
    static var usualWorkerCount: Int { max(1, min(PlainThread.usableProcessors, 16)) }

    /// What encrypts packets; the same for all workers, of which there is one at least.
    var cipher: String { workers[0].cipher }

    func interface(named name: String) throws -> ManagedInterface {
        guard let interface = interfaces[name] else { throw EngineError.noSuchInterface(name) }
        return interface
    }

    /// Makes an interface of a device; it moves packets as soon as the kernel says that it is up.
    func add(_ tun: TUNDevice, domain: String) throws -> ManagedInterface {
        try add(tun, link: try netlink.link(named: try tun.name()), domain: domain)
    }

    /// As above, of a device whose state is known.
    package func add(_ tun: TUNDevice, link: Link, domain: String) throws -> ManagedInterface {
        let name = link.name
        let id = nextID
        nextID += 1
        let home = Int(id) % workers.count
        let others = queues(of: tun).enumerated().map { (workers[(home + 1 + $0) % workers.count], $1) }
        let interface = ManagedInterface(
            id: id, name: name, domain: domain, tun: tun, index: link.index, worker: workers[home], others: others)
        let mailbox = loop.mailbox
        try interface.start(mtu: Int(link.mtu)) { [reference = WeakEngine(self)] event in
            mailbox.post { _ in reference.engine?.handle(event, of: id) }
        }
        interfaces[name] = interface
        interface.post { $0.linkChanged(isUp: link.isUp, mtu: Int(link.mtu), now: .now) }
        log.info(
            "interface made",
            metadata: [
                "interface": "\(name)", "mtu": "\(link.mtu)", "offload": "\(tun.offload)",
                "queues": "\(others.count + 1)",
            ])
        return interface
    }

    /// Makes a device that all workers can serve.
    func makeDevice(named name: String) throws(IOError) -> TUNDevice {
        try TUNDevice(name: name, hasQueues: workers.count > 1)
    }

    /// A queue of a device for each worker but one; none for a device that cannot have more.
    private func queues(of tun: TUNDevice) -> [TUNDevice] {
        guard tun.hasQueues else { return [] }
        do {
            return try (1..<workers.count).map { _ throws(IOError) in try tun.queue() }
        } catch {
            log.notice("one worker alone moves the packets: \(error)")
            return []
        }
    }

    /// Ends an interface; its TUN device is deleted with it.
    func remove(_ interface: ManagedInterface) {
        // Another may have its name by now.
        guard interfaces[interface.name]?.id == interface.id else { return }
        interfaces[interface.name] = nil
        ipsec.forget(interface)
        interface.end()
        interfaceEnded(interface)
        log.info("interface ended", metadata: ["interface": "\(interface.name)"])
    }

    package func shutDown() {
        for interface in interfaces.values { remove(interface) }
        ipsec.shutDown()
        for worker in workers { worker.stop() }
    }

    // MARK: News

    private func handle(_ event: TunnelEvent, of id: UInt64) {
        guard let interface = interfaces.values.first(where: { $0.id == id }) else { return }
        let metadata: Logger.Metadata = ["interface": "\(interface.name)"]
        switch event {
        case .gone: remove(interface)
        case .up(let port): log.info("interface is up", metadata: metadata.merging(["port": "\(port)"]) { $1 })
        case .down: log.info("interface is down", metadata: metadata)
        case .portFailed(let error): log.error("no UDP port: \(error)", metadata: metadata)
        case .segmentationRefused(let reason): log.notice("slower sending: \(reason)", metadata: metadata)
        }
    }

    private func readNews() {
        let events: [NetlinkEvent]
        do {
            events = try monitor.read()
        } catch {
            log.error("the kernel's news cannot be read: \(error)")
            return
        }
        var changed: Set<UInt32> = []
        let own = Set(interfaces.values.map(\.index))
        if events.contains(where: { $0.interface.map { !own.contains($0) } ?? true }) { ipsec.noteAddressNews() }
        for event in events {
            switch event {
            case .link(let link): changed.insert(link.index)
            case .linkGone(let link):
                forgetSources { $0.interface == link.index }
                changed.insert(link.index)
            case .addressGone(let address): forgetSources { $0.address == address.prefix.address }
            case .addressAdded: break
            case .overrun:
                forgetSources { _ in true }
                changed.formUnion(interfaces.values.map(\.index))
            }
        }
        for interface in interfaces.values where changed.contains(interface.index) { refresh(interface) }
    }

    /// Tells the worker how the interface stands now. News only says that there is something to ask for: when it is read,
    /// it may be old.
    func refresh(_ interface: ManagedInterface) {
        do {
            // In another namespace its index may be another's here.
            guard interface.tun.isInThisNamespace else { throw EngineError.interfaceGone }
            let link = try netlink.link(index: interface.index)
            interface.post { $0.linkChanged(isUp: link.isUp, mtu: Int(link.mtu), now: .now) }
        } catch {
            if interface.tun.exists {
                interface.post { $0.movedAway(now: .now) }
            } else {
                remove(interface)
            }
        }
    }

    private func forgetSources(where isGone: @escaping @Sendable (LocalSource) -> Bool) {
        for interface in interfaces.values {
            interface.post { $0.device.forgetSources(where: isGone) }
        }
        ipsec.forgetSources(where: isGone)
    }
}

/// Lets a closure that other threads hold speak of the engine.
private final class WeakEngine: @unchecked Sendable {
    // The reference is used on the control thread only: the closures that it is used in are jobs of its mailbox.
    weak var engine: Engine?

    init(_ engine: Engine) {
        self.engine = engine
    }
}
