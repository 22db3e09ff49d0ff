internal import Addressing
internal import Forwarding
internal import FoundationEssentials
internal import WireFormat
internal import WireGuard

extension WirePeerState {
    init(_ peer: PeerSnapshot, interface: String) {
        self.init()
        spec.interface = interface
        spec.publicKey = Data(peer.publicKey.array)
        spec.allowedIps = peer.allowedIPs.map(WirePrefix.init)
        spec.endpoint = peer.endpoint.map { "\($0)" } ?? ""
        spec.keepaliveSeconds = UInt32(peer.persistentKeepalive)
        lastHandshake = peer.lastHandshake?.seconds ?? 0
        receivedBytes = peer.statistics.receivedBytes
        sentBytes = peer.statistics.sentBytes
    }
}

extension WireInterfaceCounters {
    init(_ counters: InterfaceCounters) {
        self.init()
        receivedPackets = counters.receivedPackets
        receivedBytes = counters.receivedBytes
        sentPackets = counters.sentPackets
        sentBytes = counters.sentBytes
        droppedByPolicy = counters.droppedByPolicy
        droppedNoPeer = counters.droppedNoPeer
        droppedInvalid = counters.droppedInvalid
    }
}

extension WireFlow {
    init(_ flow: FlowRecord) {
        self.init()
        `protocol` = UInt32(flow.protocolNumber)
        source = Data(flow.source.bytes)
        destination = Data(flow.destination.bytes)
        sourcePort = UInt32(flow.sourcePort)
        destinationPort = UInt32(flow.destinationPort)
        rule = flow.rule ?? ""
        idleSeconds = UInt64(flow.idleSeconds)
    }
}

extension WireFilter {
    /// The message checked and made ready for packets.
    func compiled() throws -> CompiledPolicy {
        var policy = FilterPolicy(defaultAction: try Self.action(defaultAction))
        policy.sets = try sets.map { set in
            FilterPolicy.AddressSet(
                name: set.name,
                prefixes: try set.prefixes.map { wire in
                    guard let prefix = wire.prefix else {
                        throw EngineError.invalid("a prefix of the address set \(set.name)")
                    }
                    return prefix
                })
        }
        policy.rules = try rules.map { rule in
            FilterPolicy.Rule(
                name: rule.name, action: try Self.action(rule.action), from: rule.from, to: rule.to,
                ports: try rule.ports.map { try Self.ports($0, rule: rule.name) })
        }
        return try CompiledPolicy(policy)
    }

    private static func action(_ action: WireAction) throws -> FilterPolicy.Action {
        switch action {
        case .deny: return .deny
        case .allow: return .allow
        case .UNRECOGNIZED(let number): throw EngineError.invalid("action \(number)")
        }
    }

    private static func ports(_ match: WirePortMatch, rule: String) throws -> FilterPolicy.PortMatch {
        guard let number = UInt8(exactly: match.protocol), let first = UInt16(exactly: match.firstPort),
            let last = UInt16(exactly: match.lastPort), first <= last
        else { throw EngineError.invalid("a port of the rule \(rule)") }
        return FilterPolicy.PortMatch(
            protocolNumber: number, ports: first == 0 && last == 0 ? nil : first...last)
    }
}
