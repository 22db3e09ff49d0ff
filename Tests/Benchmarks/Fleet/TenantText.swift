internal import Addressing
import TestRandom

/// The manifests of one tenant as text. Every tenant has the same networks and addresses, as tenants may.
struct TenantText {
    let shape: FleetShape
    let index: Int
    /// The numbers of the tenant's networks in the fleet.
    let networks: Range<Int>
    /// A network whose policy opens one port more.
    var changedNetwork: Int?
    private var random: SeededRandom

    init(_ shape: FleetShape, _ index: Int) {
        self.shape = shape
        self.index = index
        let first = index * shape.networksPerTenant
        networks = first..<min(first + shape.networksPerTenant, shape.networks)
        // Of its own, so that a tenant is the same in fleets of every size.
        random = SeededRandom(shape.seed &* 0x1_0000_0001 &+ UInt64(index))
    }

    var name: String { "t\(index)" }

    func network(_ number: Int) -> String { "net-\(number - networks.lowerBound)" }

    var tenant: String {
        """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: \(name) }
        spec:
          displayName: Tenant number \(index)
          domain: \(name).example
          defaults:
            action: deny
            protocol: wireguard
          groups:
            - name: eng
              members: [{ labels: { team: eng } }]
            - name: ops
              members: [{ labels: { team: ops } }]

        """
    }

    func cvlan(_ number: Int) -> String {
        let position = number - networks.lowerBound
        let v4 = IPAddress(v4: 10 << 24 | UInt32(position << shape.hostBits))
        let v6 = IPAddress(v6: 0xFD64 << 112 | UInt128(position) << 96)
        return """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: \(name), name: \(network(number)) }
            spec:
              cidrs: [\(v4)/\(32 - shape.hostBits), "\(v6)/64"]
              topology: \(shape.topology.rawValue)
              keepalive: 25s

            """
    }

    /// The names of a network's nodes: gateways first.
    func nodes(_ number: Int) -> [String] {
        let count = min(shape.networkSize, shape.nodes - number * shape.networkSize)
        return (0..<count).map { "\($0 < shape.gateways ? "gw" : "n")-\(number - networks.lowerBound)-\($0)" }
    }

    mutating func node(_ node: String, _ position: Int, in number: Int) -> String {
        let isGateway = position < shape.gateways
        // The first of each are there in every network: its tests speak of them.
        let team = position % 3 == 2 ? "ops" : "eng"
        let app = isGateway ? "gateway" : ["db", "kiosk", "web", "web"][(position - shape.gateways) % 4]
        var lines = """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata:
              tenant: \(name)
              name: \(node)
              labels: { team: \(app == "kiosk" ? "lobby" : team), app: \(app), os: \(["linux", "darwin", "windows"].randomElement(using: &random) ?? "linux") }
            spec:
              role: \(isGateway ? "gateway" : "client")
              networks:
                - cvlan: \(network(number))

            """
        if isGateway {
            let v4 = IPAddress(v4: 10 << 24 | UInt32((number - networks.lowerBound) << shape.hostBits + position + 1))
            lines += "      addresses: [\(v4)]\n"
        }
        lines += "  wireguard: { publicKey: \"\(key())\" }\n"
        if isGateway {
            lines += "  endpoints: [\"203.0.113.\(1 + random.next() % 254):51820\"]\n"
            if shape.routes > 0 { lines += "  routes:\n" }
            for route in 0..<shape.routes {
                lines += "    - { prefix: \(subnet(position * shape.routes + route)), nat: none, priority: 100 }\n"
            }
        }
        return lines
    }

    func policy(_ number: Int) -> String {
        let gateway = shape.gateways > 0 ? nodes(number).first : nil
        var text = """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: \(name), name: \(network(number)) }
            spec:
              cvlan: \(network(number))

            """
        if shape.rules > 0 { text += "  rules:\n" }
        let route = shape.gateways * shape.routes > 0 ? subnet(0) : nil
        let lastPort = number == changedNetwork ? 8101 : 8100
        for rule in 0..<shape.rules {
            text += RuleText.rule(rule, gateway: gateway, subnet: route, lastPort: lastPort)
        }
        // The tests are about the rules above, and about nodes that a small network lacks.
        guard shape.tests > 0, shape.rules >= 5, nodes(number).count >= shape.gateways + 6 else { return text }
        text += "  tests:\n"
        for test in 0..<shape.tests { text += RuleText.test(test) }
        return text
    }

    /// Behind a gateway; of a network's own, as networks never meet.
    private func subnet(_ index: Int) -> String { "172.\(16 + index / 256).\(index % 256).0/24" }

    /// 32 bytes in base64; what bytes they are is no matter to a manifest.
    private mutating func key() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(44)
        var bits: UInt64 = 0
        for position in 0..<43 {
            if position % 10 == 0 { bits = random.next() }
            // The last letter holds four bits of the key and two that are 0.
            text.append(alphabet[Int(bits & 63) & (position == 42 ? 0b111100 : 63)])
            bits >>= 6
        }
        return String(decoding: text, as: UTF8.self) + "="
    }
}
