import FoundationEssentials
import TestLab
import TestTunnels
import WireFormat

/// A pair of interfaces as an agent has them made: with addresses that they stand for, and a policy that lets in what the
/// traffic is, and denies a lot besides.
struct ManagedPair: CountedEnds {
    let left: Namespace
    let right: Namespace
    let counts: [AllocationCounts]

    private struct End {
        let name: String
        let namespace: Namespace
        let keys: KeyPair
        /// In the underlay, and inside.
        let underlay: String
        let addresses: [String]
    }

    init(_ lab: Lab) async throws {
        left = try lab.namespace("left")
        right = try lab.namespace("right")
        try lab.connect(left, ["192.0.2.1/24"], right, ["192.0.2.2/24"])
        let ends = try [
            End(
                name: "left", namespace: left, keys: KeyPair(lab), underlay: "192.0.2.1",
                addresses: ["10.0.0.1", "fd00::1"]),
            End(
                name: "right", namespace: right, keys: KeyPair(lab), underlay: "192.0.2.2",
                addresses: ["10.0.0.2", "fd00::2"]),
        ]
        counts = try ends.map { try AllocationCounts($0.name, lab) }
        for (index, end) in ends.enumerated() {
            let socket = try await ControlSocket(
                in: end.namespace, end.name, lab, environment: counts[index].environment)
            try await socket.apply(Self.operations(end, other: ends[1 - index]))
        }
        for address in ["10.0.0.2", "fd00::2"] {
            try await eventually("left reaches \(address)") { try left.reaches(address) }
        }
    }

    private static func operations(_ end: End, other: End) throws -> [WireOperation.OneOf_Op] {
        let interface = "tunnel"
        func assigned(_ length: (v4: Int, v6: Int), _ make: (WireInterfacePrefix) -> WireOperation.OneOf_Op) throws
            -> [WireOperation.OneOf_Op]
        {
            try zip(end.addresses, [length.v4, length.v6]).map { address, length in
                var spec = WireInterfacePrefix()
                spec.interface = interface
                spec.prefix = try WirePrefix(text: "\(address)/\(length)")
                return make(spec)
            }
        }
        let others = try [WirePrefix(text: other.addresses[0] + "/32"), WirePrefix(text: other.addresses[1] + "/128")]
        let own = try [WirePrefix(text: end.addresses[0] + "/32"), WirePrefix(text: end.addresses[1] + "/128")]

        var device = WireInterfaceSpec()
        device.name = interface
        device.domain = "acme/office"
        device.privateKey = try key(end.keys.privateKey)
        device.listenPort = 51820
        device.mtu = 1420
        device.local = own

        var peer = WirePeerSpec()
        peer.interface = interface
        peer.publicKey = try key(other.keys.publicKey)
        peer.allowedIps = others
        peer.endpoint = "\(other.underlay):51820"

        var filter = WireInterfaceFilter()
        filter.interface = interface
        filter.filter = policy(own + others)
        return [.putInterface(device), .putPeer(peer), .putFilter(filter)]
            + (try assigned((24, 64)) { .addAddress($0) })
    }

    private static func policy(_ members: [WirePrefix]) -> WireFilter {
        var everyone = WireAddressSet()
        everyone.name = "everyone"
        everyone.prefixes = members
        var allowed = WireFilterRule()
        allowed.name = "all/allow"
        allowed.action = .allow
        allowed.from = [everyone.name]
        allowed.to = [everyone.name]
        var filter = WireFilter()
        filter.defaultAction = .deny
        filter.sets = [everyone]
        // Ports that nobody uses here.
        filter.rules =
            [allowed]
            + (0..<500).map { number in
                var port = WirePortMatch()
                port.protocol = 6
                port.firstPort = UInt32(10_000 + 2 * number)
                port.lastPort = port.firstPort
                var rule = allowed
                rule.name = "none/\(number)"
                rule.action = .deny
                rule.ports = [port]
                return rule
            }
        return filter
    }

    private static func key(_ base64: String) throws -> Data {
        guard let key = Data(base64Encoded: base64) else { throw LabError("\(base64) is no key") }
        return key
    }
}
