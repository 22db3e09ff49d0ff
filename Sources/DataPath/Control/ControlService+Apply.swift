internal import Addressing
internal import FoundationEssentials
internal import OpenSSL
internal import PacketIO
internal import Tunneling
internal import WireFormat
internal import WireGuard

extension ControlService {
    /// Peers that are changed in one go; the interface moves no packets meanwhile.
    private static let portion = 1_024

    /// Carries operations out in order. Returns an error for each, empty where it was done.
    func carryOut(_ operations: [WireOperation]) -> [String] {
        var errors: [String] = []
        var next = 0
        while next < operations.count {
            let run = peerChanges(operations[next...])
            if run.isEmpty {
                errors.append(message { try carryOut(operations[next]) })
                next += 1
            } else {
                errors += carryOut(run)
                next += run.count
            }
        }
        let failed = engine.ipsec.applyChanges()
        if !failed.isEmpty { note(failed, of: operations, in: &errors) }
        return errors
    }

    /// Peers by IPsec are changed all at once; what comes of it is told of each operation that had a part in it.
    private func note(_ failed: [String: any Error], of operations: [WireOperation], in errors: inout [String]) {
        for (index, operation) in operations.enumerated() where errors[index].isEmpty {
            let interface: String
            switch operation.op {
            case .putIpsecPeer(let it): interface = it.interface
            case .deleteIpsecPeer(let it): interface = it.interface
            default: continue
            }
            if let error = failed[interface] { errors[index] = "\(error)" }
        }
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func carryOut(_ operation: WireOperation) throws {
        switch operation.op {
        case .putInterface(let spec): try putInterface(spec)
        case .deleteInterface(let name): engine.remove(try engine.interface(named: name))
        case .addAddress(let it): try changeKernel(it) { try engine.netlink.addAddress($1, to: $0) }
        case .deleteAddress(let it): try changeKernel(it) { try engine.netlink.deleteAddress($1, from: $0) }
        case .addRoute(let it): try changeKernel(it) { try addRoute($1, $0) }
        case .deleteRoute(let it): try changeKernel(it) { try engine.netlink.deleteRoute($1.network, through: $0) }
        case .putFilter(let it): try putFilter(it)
        case .putIpsecIdentity(let it):
            try engine.ipsec.put(try IPsecIdentitySettings(it), of: try engine.interface(named: it.interface))
        case .putIpsecPeer(let it):
            try engine.ipsec.put(try IPsecPeerSettings(it), of: try engine.interface(named: it.interface))
        case .deleteIpsecPeer(let it):
            try engine.ipsec.delete(it.name, of: try engine.interface(named: it.interface))
        case .putPeer, .deletePeer: preconditionFailure("peers are changed in runs")
        case nil: throw EngineError.invalid("an operation of unknown kind")
        }
    }

    // MARK: Kernel

    /// Adding what is there and deleting what is not are no errors: what was asked for is so.
    private func changeKernel(_ operand: WireInterfacePrefix, _ change: (UInt32, IPPrefix) throws -> Void) throws {
        let interface = try engine.interface(named: operand.interface)
        guard let prefix = operand.prefix.prefix else { throw EngineError.invalid("the prefix") }
        try checkNamespace(interface)
        do {
            try change(interface.index, prefix)
        } catch let error as IOError where error.alreadyExists || error.isNotFound {
            log.debug("nothing to do: \(error)")
        }
    }

    /// In another namespace, the index is some other interface's here.
    private func checkNamespace(_ interface: ManagedInterface) throws(EngineError) {
        guard interface.tun.isInThisNamespace else { throw .otherNamespace }
    }

    /// The kernel makes a route of its own for the network of an address: where it is there, it serves.
    private func addRoute(_ destination: IPPrefix, _ index: UInt32) throws(IOError) {
        do throws(IOError) {
            try engine.netlink.addRoute(destination.network, through: index)
        } catch {
            guard error.alreadyExists else { throw error }
            let own = try engine.netlink.routes(of: index)
            guard own.contains(where: { $0.destination == destination.network }) else { throw error }
        }
    }

    // MARK: Interfaces

    private func putInterface(_ spec: WireInterfaceSpec) throws {
        let mtu = spec.mtu == 0 ? 1_420 : Int(spec.mtu)
        guard TUNDevice.isValid(name: spec.name) else { throw EngineError.invalid("the name \"\(spec.name)\"") }
        guard (68...TUNDevice.maximumMTU).contains(mtu) else { throw EngineError.invalid("an MTU of \(mtu)") }
        guard let port = UInt16(exactly: spec.listenPort) else { throw EngineError.invalid("port \(spec.listenPort)") }
        for prefix in spec.local where prefix.prefix == nil { throw EngineError.invalid("a prefix of what is local") }
        let key = SecretKey(copying: spec.privateKey)
        guard key != nil || spec.privateKey.isEmpty else { throw EngineError.invalid("the private key") }
        if let interface = engine.interfaces[spec.name] {
            guard interface.domain == spec.domain else {
                throw EngineError.wrongDomain(spec.name, has: interface.domain)
            }
            if try interface.tun.mtu() != mtu { try interface.tun.setMTU(mtu) }
            try configure(interface, spec, key: key, port: port)
            return
        }
        guard key != nil else { throw EngineError.invalid("an interface without a private key") }
        let tun = try engine.makeDevice(named: spec.name)
        try tun.setMTU(mtu)
        let interface = try engine.add(tun, domain: spec.domain)
        do {
            try configure(interface, spec, key: key, port: port)
        } catch {
            engine.remove(interface)
            throw error
        }
        serveUAPI(interface)
    }

    private func configure(
        _ interface: ManagedInterface, _ spec: WireInterfaceSpec, key: SecretKey?, port: UInt16
    ) throws {
        let mark = spec.fwmark
        try engine.ipsec.setMark(mark, of: interface)
        let forwards = spec.forward
        let local = LocalScope(spec.local.compactMap(\.prefix))
        try interface.perform { tunnel in
            let now = Instant.now
            if let key { tunnel.device.setPrivateKey(key, now: now) }
            try tunnel.setMark(mark)
            if port != 0 { try tunnel.setPort(port, now: now) }
            tunnel.forwards = forwards
            tunnel.local = local
        }
        try checkNamespace(interface)
        try engine.netlink.setUp(true, interface: interface.index)
        engine.refresh(interface)
        try interface.perform { tunnel in
            // Whether it had been up without a port before, or has just failed to get one: now the error is told.
            if tunnel.isUp, tunnel.sockets.isEmpty { try tunnel.openSockets(port: tunnel.configuredPort, now: .now) }
        }
    }

    private func putFilter(_ operand: WireInterfaceFilter) throws {
        let interface = try engine.interface(named: operand.interface)
        guard operand.hasFilter else {
            try interface.perform { $0.setFilter(nil) }
            filterDigests[interface.name] = nil
            return
        }
        let policy = try operand.filter.compiled()
        let encoded: [UInt8] = try operand.filter.serializedBytes()
        try interface.perform { $0.setFilter(policy) }
        filterDigests[interface.name] = WireSegment.digest(ofEncoded: encoded)
    }

    // MARK: Peers

    private enum PeerChange {
        case put(WirePeerSpec)
        case delete(WirePeerKey)

        var interface: String {
            switch self {
            case .put(let spec): spec.interface
            case .delete(let key): key.interface
            }
        }
    }

    /// The peer operations that the list begins with and that concern one interface.
    private func peerChanges(_ operations: ArraySlice<WireOperation>) -> [PeerChange] {
        var run: [PeerChange] = []
        for operation in operations.prefix(Self.portion) {
            let change: PeerChange
            switch operation.op {
            case .putPeer(let spec): change = .put(spec)
            case .deletePeer(let key): change = .delete(key)
            default: return run
            }
            guard run.first.map({ $0.interface == change.interface }) ?? true else { return run }
            run.append(change)
        }
        return run
    }

    private func carryOut(_ changes: [PeerChange]) -> [String] {
        do {
            let parsed = changes.map { change in
                Result {
                    switch change {
                    case .put(let spec): try PeerUpdate(spec)
                    case .delete(let key): try PeerUpdate(deleting: key)
                    }
                }
            }
            let interface = try engine.interface(named: changes.first?.interface ?? "")
            return try interface.perform { tunnel in
                let now = Instant.now
                return parsed.map { update in
                    do {
                        try update.get().apply(to: tunnel.device, now: now)
                        return ""
                    } catch {
                        return "\(error)"
                    }
                }
            }
        } catch {
            return changes.map { _ in "\(error)" }
        }
    }
}
