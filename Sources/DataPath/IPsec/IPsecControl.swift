internal import Addressing
internal import IPsec
internal import Logging
internal import Tunneling

/// The peers by IPsec of all interfaces, as they were asked for. Confined to the control thread.
final class IPsecControl {
    /// A peer as it was asked for.
    struct Peer {
        let spec: IPsecPeerSettings
        let lanes: IPsecPeer
    }

    /// Of one interface.
    struct Interface {
        let managed: ManagedInterface
        var identity = IPsecIdentitySettings()
        var peers: [String: Peer] = [:]
        var nextNumber: UInt32 = 0
        /// What the kernel is to mark datagrams with.
        var mark: UInt32 = 0
        /// Lanes are to be told.
        var hasChanged = false
    }

    private(set) var interfaces: [String: Interface] = [:]
    /// `nil` while there is no peer.
    private(set) var service: IKEService?
    /// The one before, while it tells peers of what is over.
    private weak var leaving: IKEService?
    private let waitingRoom = WaitingRoom()
    private let workers: [Worker]
    private let ports: IPsecPorts
    private let log: Logger

    init(workers: [Worker], ports: IPsecPorts, log: Logger) {
        self.workers = workers
        self.ports = ports
        self.log = log
    }

    // MARK: What there is to be

    /// Who the interface is to its peers; those that are there take it up.
    func put(_ identity: IPsecIdentitySettings, of managed: ManagedInterface) throws {
        var interface = interfaces[managed.name] ?? Interface(managed: managed)
        // First all that can fail.
        let changed = try interface.peers.values.map { ($0, try $0.spec.connection(of: managed, identity)) }
        interface.identity = identity
        interfaces[managed.name] = interface
        for (peer, connection) in changed { try hand(connection, of: peer.lanes, managed) }
    }

    func put(_ spec: IPsecPeerSettings, of managed: ManagedInterface) throws {
        var interface = interfaces[managed.name] ?? Interface(managed: managed)
        let connection = try spec.connection(of: managed, interface.identity)
        if interface.peers.isEmpty { try checkMark(interface.mark, of: managed.name) }
        let service = try startedService(mark: interface.mark)
        let lanes: IPsecPeer
        if let known = interface.peers[spec.name] {
            lanes = known.lanes
        } else {
            let number = interface.nextNumber
            interface.nextNumber += 1
            lanes = IPsecPeer(
                number: number, name: spec.name, room: waitingRoom,
                wanted: { [inbox = service.inbox, id = managed.id] in
                    inbox.put(.wanted(interface: id, peer: number))
                }, mayGo: { managed.sendWaiting(toIPsecPeer: number) })
        }
        do {
            try hand(connection, of: lanes, managed)
        } catch {
            stopUnlessNeeded()
            throw error
        }
        interface.peers[spec.name] = Peer(spec: spec, lanes: lanes)
        interface.hasChanged = true
        interfaces[managed.name] = interface
    }

    func delete(_ name: String, of managed: ManagedInterface) throws {
        guard interfaces[managed.name]?.peers.removeValue(forKey: name) != nil else { throw EngineError.noSuchPeer }
        interfaces[managed.name]?.hasChanged = true
        let id = ConnectionID(managed, name)
        try service?.mailbox.ask { $0.remove(id) }
    }

    /// The interface is no more.
    func forget(_ managed: ManagedInterface) {
        guard let interface = interfaces.removeValue(forKey: managed.name) else { return }
        let ids = interface.peers.keys.map { ConnectionID(managed, $0) }
        try? service?.mailbox.ask { loop in
            for id in ids { loop.remove(id) }
        }
        stopUnlessNeeded()
    }

    /// Has lanes work by what was changed; many peers at once. Returns what went wrong, by interface.
    func applyChanges() -> [String: any Error] {
        var errors: [String: any Error] = [:]
        for (name, interface) in interfaces where interface.hasChanged {
            interfaces[name]?.hasChanged = false
            let peers = interface.peers.values.map { (peer: $0.lanes, allowedIPs: $0.spec.allowedIPs) }
                .sorted { $0.peer.number < $1.peer.number }
            let routes = peers.isEmpty ? nil : IPsecRoutes(peers, sockets: service?.sockets ?? [])
            do {
                try interface.managed.perform { $0.ipsec = routes }
            } catch {
                errors[name] = error
                log.error("peers by IPsec cannot be reached: \(error)", metadata: ["interface": "\(name)"])
            }
        }
        stopUnlessNeeded()
        return errors
    }

    // MARK: What the kernel does

    func forgetSources(where isGone: @escaping @Sendable (LocalSource) -> Bool) {
        service?.mailbox.post { $0.directory.forgetSources(where: isGone) }
    }

    /// Addresses of this machine, or links, have changed.
    func noteAddressNews() {
        service?.mailbox.post { $0.noteAddressNews() }
    }

    /// What the kernel marks datagrams of an interface with. All interfaces with peers by IPsec have to agree, as they share the ports.
    func setMark(_ mark: UInt32, of managed: ManagedInterface) throws {
        var interface = interfaces[managed.name] ?? Interface(managed: managed)
        if !interface.peers.isEmpty {
            try checkMark(mark, of: managed.name)
            if mark != interface.mark { try service?.setMark(mark) }
        }
        interface.mark = mark
        interfaces[managed.name] = interface
    }

    private func checkMark(_ mark: UInt32, of name: String) throws(EngineError) {
        for (other, interface) in interfaces
        where other != name && !interface.peers.isEmpty && interface.mark != mark {
            throw .otherMark(interface: name, mark, other: other, interface.mark)
        }
    }

    func shutDown() {
        for interface in Array(interfaces.values) { forget(interface.managed) }
        leaving?.finish()
    }

    // MARK: Service

    private func hand(_ connection: Connection, of peer: IPsecPeer, _ managed: ManagedInterface) throws {
        try service?.mailbox.ask { [id = managed.id] in try $0.put(connection, of: peer, interface: id) }
    }

    private func startedService(mark: UInt32) throws -> IKEService {
        if let service { return service }
        if let recalled = recalledService() {
            service = recalled
            try recalled.setMark(mark)
            return recalled
        }
        let started = try IKEService(workers: workers, ports: ports, mark: mark, log: log)
        service = started
        log.info("IPsec begins", metadata: ["ports": "\(ports.plain), \(ports.encapsulated)"])
        return started
    }

    /// The one that is leaving, if it is not too late.
    private func recalledService() -> IKEService? {
        guard let leaving, leaving.recall() else { return nil }
        self.leaving = nil
        return leaving
    }

    private func stopUnlessNeeded() {
        guard let service, interfaces.values.allSatisfy({ $0.peers.isEmpty }) else { return }
        leaving = service
        self.service = nil
        service.dismiss()
        log.info("IPsec ends: no peer is left")
    }
}

extension ConnectionID {
    init(_ interface: ManagedInterface, _ name: String) {
        self.init(interface: UInt32(truncatingIfNeeded: interface.id), name: name)
    }
}
