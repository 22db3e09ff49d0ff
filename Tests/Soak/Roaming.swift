internal import TestLab
internal import TestRandom
internal import TestTunnels

/// Changes under which tunnels are to go on: of ports, addresses, sessions and peers.
struct Roaming: Sendable {
    enum Disturbance: Sendable {
        case port(UInt16)
        case address(String)
        /// The spoke makes its peer anew, and with it the session.
        case session
        /// The hub forgets the spoke, and is told of it again.
        case peer
    }

    /// A disturbance of one of the spokes.
    struct Planned: Sendable {
        let spoke: Int
        let disturbance: Disturbance

        /// Whether datagrams come by another way from then on.
        var changesPath: Bool {
            switch disturbance {
            case .port, .address: true
            case .session, .peer: false
            }
        }
    }

    private let star: Star
    /// By spoke: what it has in the underlay now.
    private var addresses: [String]
    private static let pause = Duration.milliseconds(400)

    init(_ star: Star) {
        self.star = star
        addresses = (1...star.spokes.count).map { "192.0.2.\($0)" }
    }

    /// One of each kind, each for a spoke of its own as far as there are.
    func draw(_ random: inout SeededRandom) -> [Planned] {
        let order = star.spokes.indices.shuffled(using: &random)
        let kinds: [Disturbance] = [
            .port(UInt16.random(in: 30_000...50_000, using: &random)), .address(freshAddress(of: order[1], &random)),
            .session, .peer,
        ]
        return kinds.enumerated().map { Planned(spoke: order[$0 % order.count], disturbance: $1) }
    }

    /// Each spoke has three addresses of its own, one at a time.
    private static func addresses(of spoke: Int) -> [String] { [1, 51, 151].map { "192.0.2.\(spoke + $0)" } }

    /// Tells the hub all addresses' places, which are always the same. The kernel overtakes itself where it has to ask:
    /// packets that come when the answer is there go before those that waited for it.
    func makeAddressesKnown() throws {
        for (index, spoke) in star.spokes.enumerated() {
            let place = try star.place(of: spoke)
            for address in Self.addresses(of: index) {
                try star.hub.namespace.run(
                    "ip", "neighbour", "replace", address, "lladdr", place, "dev", star.cable, "nud", "permanent")
            }
            try spoke.namespace.run(
                "ip", "neighbour", "replace", "192.0.2.100", "lladdr", star.place(of: star.hub), "dev", star.cable,
                "nud", "permanent")
        }
    }

    private func freshAddress(of spoke: Int, _ random: inout SeededRandom) -> String {
        let candidates = Self.addresses(of: spoke).filter { $0 != addresses[spoke] }
        return candidates[Int.random(in: 0..<candidates.count, using: &random)]
    }

    func disturb(_ disturbances: [Planned]) async throws -> Tally {
        for planned in disturbances {
            let index = planned.spoke
            try await Task.sleep(for: Self.pause)
            let (spoke, hub) = (star.spokes[index], star.hub)
            let space = spoke.namespace
            switch planned.disturbance {
            case .port(let port): try space.run("wg", "set", spoke.interface, "listen-port", "\(port)")
            case .address(let address):
                let old = addresses[index]
                try space.run("ip", "address", "delete", old + "/24", "dev", star.cable)
                try space.configure(star.cable, [address + "/24"])
            case .session:
                let text = PeerSection(hub, ["10.0.0.0/24", "fd00::/64"], endpoint: Star.hubEndpoint).text
                try space.run("wg", "set", spoke.interface, "peer", hub.keys.publicKey, "remove")
                try spoke.wg("addconf", text)
            case .peer:
                let endpoint = try hub.endpoint(of: spoke)
                let allowed = Star.inside(index + 1)
                try hub.namespace.run("wg", "set", hub.interface, "peer", spoke.keys.publicKey, "remove")
                try hub.namespace.run(
                    "wg", "set", hub.interface, "peer", spoke.keys.publicKey, "endpoint", endpoint, "allowed-ips",
                    "\(allowed[0])/32,\(allowed[1])/128")
            }
        }
        return Tally(disturbances: disturbances.count)
    }

    /// Has every spoke begin a session of its own.
    func renewSessions() async throws -> Tally {
        try await disturb(star.spokes.indices.map { Planned(spoke: $0, disturbance: .session) })
    }

    mutating func note(_ disturbances: [Planned]) {
        for planned in disturbances {
            if case .address(let address) = planned.disturbance { addresses[planned.spoke] = address }
        }
    }
}

extension Star {
    /// The hardware address of an end's cable.
    func place(of end: Tunnel) throws -> String {
        try end.namespace.run("cat", "/sys/class/net/\(cable)/address").trimmed
    }
}

/// The underlay as the soak wants it.
enum Wire {
    /// Has all packets of each interface taken by one processor: the kernel queues those of a veth by the sender's, which
    /// may change, and then overtakes itself.
    static func keepOrder(_ namespace: Namespace) throws {
        try namespace.run(
            "sh", "-c", "for queue in /sys/class/net/*/queues/rx-*/rps_cpus; do echo 1 > $queue; done")
    }

    static func turnOffOffloads(_ namespace: Namespace, _ cable: String) throws {
        try namespace.run(
            "ethtool", "-K", cable, "tx", "off", "tso", "off", "gso", "off", "tx-udp-segmentation", "off")
    }
}
