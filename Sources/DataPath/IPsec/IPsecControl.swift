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
        /// Lanes are to be told.
        var hasChanged = false
    }

    private(set) var interfaces: [String: Interface] = [:]
    /// `nil` while there is no peer.
    private(set) var service: IKEService?
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
        let service = try startedService()
        let lanes: IPsecPeer
        if let known = interface.peers[spec.name] {
            lanes = known.lanes
        } else {
            let number = interface.nextNumber
            interface.nextNumber += 1
            lanes = IPsecPeer(number: number, name: spec.name) { [inbox = service.inbox, id = managed.id] in
                inbox.put(.wanted(interface: id, peer: number))
            }
        }
        interface.peers[spec.name] = Peer(spec: spec, lanes: lanes)
        interface.hasChanged = true
        interfaces[managed.name] = interface
        try hand(connection, of: lanes, managed)
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

    /// Has lanes work by what was changed; many peers at once.
    func applyChanges() {
        for (name, interface) in interfaces where interface.hasChanged {
            interfaces[name]?.hasChanged = false
            let peers = interface.peers.values.map { (peer: $0.lanes, allowedIPs: $0.spec.allowedIPs) }
                .sorted { $0.peer.number < $1.peer.number }
            let routes = peers.isEmpty ? nil : IPsecRoutes(peers, sockets: service?.sockets ?? [])
            try? interface.managed.perform { $0.ipsec = routes }
        }
        stopUnlessNeeded()
    }

    func forgetSources(where isGone: @escaping @Sendable (LocalSource) -> Bool) {
        service?.mailbox.post { $0.directory.forgetSources(where: isGone) }
    }

    func shutDown() {
        for interface in Array(interfaces.values) { forget(interface.managed) }
    }

    // MARK: Service

    private func hand(_ connection: Connection, of peer: IPsecPeer, _ managed: ManagedInterface) throws {
        try service?.mailbox.ask { [id = managed.id] in $0.put(connection, of: peer, interface: id) }
    }

    private func startedService() throws -> IKEService {
        if let service { return service }
        let started = try IKEService(workers: workers, ports: ports, log: log)
        service = started
        log.info("IPsec begins", metadata: ["ports": "\(ports.plain), \(ports.encapsulated)"])
        return started
    }

    private func stopUnlessNeeded() {
        guard let service, interfaces.values.allSatisfy({ $0.peers.isEmpty }) else { return }
        service.stop()
        self.service = nil
        log.info("IPsec ends: no peer is left")
    }
}

extension ConnectionID {
    init(_ interface: ManagedInterface, _ name: String) {
        self.init(interface: UInt32(truncatingIfNeeded: interface.id), name: name)
    }
}
