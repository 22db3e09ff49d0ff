internal import Addressing
internal import FoundationEssentials
internal import IPsec
internal import PacketIO
internal import WireFormat
internal import WireGuard

extension ControlService {
    /// Peers that are asked for in one go; the interface moves no packets meanwhile.
    private static let peersAtOnce = 512

    /// What is really there: asked of the workers and of the kernel.
    func encodedState() throws -> EncodedMessage {
        var head = WireDataPathState()
        head.version = DataPathVersion.current
        head.crypto = "ChaCha20-Poly1305 by \(engine.cipher)"
        var encoded = EncodedMessage()
        try encoded.append(head)
        let ipsec = try engine.ipsec.service?.mailbox.ask { IPsecSnapshot($0) }
        for name in engine.interfaces.keys.sorted() {
            // One that is deleted meanwhile is simply no more.
            guard let interface = engine.interfaces[name], let part = try? encodedState(of: interface, ipsec) else {
                continue
            }
            encoded.append(part, asField: Field.interfacesOfState)
        }
        return encoded
    }

    private func encodedState(of interface: ManagedInterface, _ ipsec: IPsecSnapshot?) throws -> EncodedMessage {
        var encoded = EncodedMessage()
        try encoded.append(state(of: interface))
        if let ipsec, let peers = engine.ipsec.interfaces[interface.name]?.peers {
            for (name, peer) in peers.sorted(by: { $0.key < $1.key }) {
                var part = WireInterfaceState()
                part.ipsecPeers = [ipsec.state(peer.spec.spec, ConnectionID(interface, name))]
                try encoded.append(part)
            }
        }
        var next: UInt32? = 0
        while let first = next {
            let peers: [PeerSnapshot]
            (peers, next) = try interface.perform { $0.device.snapshots(from: first, limit: Self.peersAtOnce) }
            var part = WireInterfaceState()
            part.peers = peers.map { WirePeerState($0, interface: interface.name) }
            try encoded.append(part)
        }
        return encoded
    }

    private struct Snapshot: Sendable {
        var spec = WireInterfaceSpec()
        var publicKey: PublicKey?
        var isUp: Bool
        var counters: InterfaceCounters
    }

    /// All but the peers.
    private func state(of interface: ManagedInterface) throws -> WireInterfaceState {
        let snapshot = try interface.perform { tunnel in
            var spec = WireInterfaceSpec()
            spec.listenPort = UInt32(tunnel.port)
            spec.mtu = UInt32(tunnel.device.mtu)
            spec.fwmark = tunnel.mark
            spec.forward = tunnel.forwards
            spec.local = tunnel.local.prefixes.map { WirePrefix($0) }
            return Snapshot(
                spec: spec, publicKey: tunnel.device.publicKey, isUp: tunnel.isUp && !tunnel.sockets.isEmpty,
                counters: tunnel.counters)
        }
        var state = WireInterfaceState()
        state.spec = snapshot.spec
        state.spec.name = interface.name
        state.spec.domain = interface.domain
        state.publicKey = Data(snapshot.publicKey?.array ?? [])
        state.up = snapshot.isUp
        state.filterDigest = filterDigests[interface.name] ?? Data()
        state.counters = WireInterfaceCounters(snapshot.counters)
        // Elsewhere, what has the index in this namespace is some other interface.
        guard interface.tun.isInThisNamespace else { return state }
        state.addresses = try engine.netlink.addresses(of: interface.index)
            .filter { !$0.isLinkLocal }.map { WirePrefix($0.prefix) }
        state.routes = try engine.netlink.routes(of: interface.index)
            .filter { !Self.isKernelsOwn($0.destination) }.map { WirePrefix($0.destination) }
        return state
    }

    /// Link-local and multicast routes come with every interface.
    private static func isKernelsOwn(_ destination: IPPrefix) -> Bool {
        guard destination.family == .v6, destination.length > 0 else { return false }
        let top = UInt16(truncatingIfNeeded: destination.address.value >> 112)
        return top & 0xFFC0 == 0xFE80 || top & 0xFF00 == 0xFF00
    }
}

/// What `GetState` says of the program.
enum DataPathVersion {
    static let current = ProductVersion.current
}
