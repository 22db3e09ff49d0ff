internal import FoundationEssentials
internal import Sodium
internal import WireFormat

// What the fields of a signed config must satisfy before anything is done by them. Each check gives the first fault, in
// words for people, or `nil`.

extension WireNodeConfig {
    static let maximumNetworks = 4096

    var fault: String? {
        if generation == 0 { return "generation 0" }
        if networks.count > Self.maximumNetworks { return "\(networks.count) networks" }
        if !networks.isEmpty, publicKey.count != X25519.keyCount { return "a public key of \(publicKey.count) bytes" }
        if Set(networks.map(\.cvlan)).count != networks.count { return "a network twice" }
        return networks.lazy.compactMap(\.fault).first
    }
}

extension WireNetworkConfig {
    fileprivate var fault: String? {
        if !isDNSLabel(cvlan) { return "a network name that is no DNS label" }
        if listenPort > UInt16.max { return "network \(cvlan): listen port \(listenPort)" }
        if mtu > UInt16.max { return "network \(cvlan): MTU \(mtu)" }
        if keepaliveSeconds > UInt16.max { return "network \(cvlan): keepalive \(keepaliveSeconds) s" }
        for prefixes in [cidrs, addresses, advertisedRoutes] where prefixes.contains(where: { $0.prefix == nil }) {
            return "network \(cvlan): a prefix that is none"
        }
        for digests in [peerSegments, addressSetSegments, ruleSegments]
        where digests.contains(where: { $0.count != SHA256Digest.byteCount }) {
            return "network \(cvlan): a segment digest that is none"
        }
        return nil
    }
}

extension [WirePeer] {
    var firstFault: String? {
        var keys: Set<Data> = []
        for peer in self {
            if peer.publicKey.count != X25519.keyCount {
                return "peer \(peer.node): a key of \(peer.publicKey.count) bytes"
            }
            if !keys.insert(peer.publicKey).inserted { return "peer \(peer.node): another peer's key" }
            if (peer.allowedIps + peer.routes).contains(where: { $0.prefix == nil }) {
                return "peer \(peer.node): a prefix that is none"
            }
        }
        return nil
    }
}

extension [WireAddressSet] {
    var firstFault: String? {
        if Set(map(\.name)).count != count { return "an address set twice" }
        return first { $0.prefixes.contains { $0.prefix == nil } }.map {
            "address set \($0.name): a prefix that is none"
        }
    }
}

extension [WireFilterRule] {
    func firstFault(naming sets: [WireAddressSet]) -> String? {
        let names = Set(sets.map(\.name))
        for rule in self {
            if let unknown = (rule.from + rule.to).first(where: { !names.contains($0) }) {
                return "rule \(rule.name): no address set \(unknown)"
            }
            if rule.ports.contains(where: {
                $0.protocol > UInt8.max || $0.lastPort > UInt16.max || $0.firstPort > $0.lastPort
            }) {
                return "rule \(rule.name): ports that are none"
            }
            if case .UNRECOGNIZED = rule.action { return "rule \(rule.name): an unknown action" }
        }
        return nil
    }
}

extension Data {
    var shortHex: String { Hex.encode(prefix(8)) }
}
