import Addressing
import Manifests
import TestRandom
import Testing

struct NodeYAMLTests {
    @Test func looksAsADocumentedNode() throws {
        guard case .node(var node) = try #require(load(Sample.node).resources.first) else {
            Issue.record("no node")
            return
        }
        node.role = .gateway
        #expect(
            node.yaml == """
                apiVersion: cvlan.io/v1
                kind: Node
                metadata:
                  tenant: acme
                  name: laptop-1
                  labels:
                    os: linux
                    team: eng
                spec:
                  role: gateway
                  networks:
                    - cvlan: office
                      addresses: [10.100.0.10]
                  wireguard:
                    publicKey: \(Sample.key)
                  endpoints: ["203.0.113.7:51820"]
                  routes:
                    - prefix: 10.1.0.0/24
                  protocol: ipsec
                  expires: 2027-06-30T00:00:00Z

                """)
    }

    @Test(arguments: 0..<500)
    func randomNodesAreReadBack(seed: UInt64) {
        var random = SeededRandom(seed)
        let node = Self.randomNode(&random)
        let file = load(node.yaml)
        #expect(file.problems == [], "\(node.yaml)")
        #expect(file.resources == [.node(node)], "\(node.yaml)")
    }

    private static func randomNode(_ random: inout SeededRandom) -> Node {
        let annotations = (0..<Int.random(in: 0...3, using: &random)).map { ("note-\($0)", text(&random)) }
        let labels = (0..<Int.random(in: 0...3, using: &random)).map { ("example.org/l\($0)", word(&random)) }
        var node = Node(
            metadata: Metadata(
                tenant: word(&random), name: word(&random), labels: Dictionary(uniqueKeysWithValues: labels),
                annotations: Dictionary(uniqueKeysWithValues: annotations)))
        node.role = NodeRole.allCases.randomElement(using: &random) ?? .client
        node.networks = (0..<Int.random(in: 0...3, using: &random)).map { index in
            let addresses = (0..<Int.random(in: 0...2, using: &random)).map { _ in Located(address(&random)) }
            return Node.Membership(cvlan: Located("net-\(index)"), addresses: addresses)
        }
        // A device speaks one of the two.
        if random.chance(1, in: 3) {
            node.ipsec = connection(&random)
        } else if Bool.random(using: &random) {
            node.publicKey = NodePublicKey(bytes: (0..<32).map { _ in UInt8.random(in: 1...255, using: &random) })
        }
        let endpoints = ["[2001:db8::1]:51820", "203.0.113.7:51820", "vpn.example.org:443"].compactMap(
            NodeEndpoint.init)
        node.endpoints = endpoints.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)).map {
            Located($0)
        }
        for index in 0..<Int.random(in: 0...2, using: &random) {
            // Of another length each, so that no two are the same.
            guard let prefix = IPPrefix(address(&random), length: 20 + index) else { continue }
            var route = Node.SubnetRoute(prefix: Located(prefix.network))
            route.nat = RouteNAT.allCases.randomElement(using: &random) ?? .none
            route.priority = Int.random(in: 0...65_535, using: &random)
            node.routes.append(route)
        }
        node.linkProtocol = [nil, .wireguard, .ipsec].randomElement(using: &random) ?? nil
        if Bool.random(using: &random) {
            node.expires = Timestamp(secondsSince1970: Int64.random(in: 0...200_000_000_000, using: &random))
        }
        return node
    }

    private static func connection(_ random: inout SeededRandom) -> IPsecConnection? {
        let identities = [
            "branch.example.org", "ann@example.org", "203.0.113.7", "C=DE, O=\"A, B\": #1, CN=branch",
            "spiffe://acme.example/node/branch", "true", "1",
        ].compactMap(IKEIdentity.init)
        guard let identity = identities.randomElement(using: &random) else { return nil }
        let pem = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n"
        var connection = IPsecConnection(
            identity: Located(identity),
            authentication: Bool.random(using: &random)
                ? .secret(Located(word(&random))) : .authorities(Located(pem)))
        if Bool.random(using: &random) { connection.gateway = word(&random) }
        if let address = ["203.0.113.7", "2001:db8::7", "vpn.example.org"].randomElement(using: &random),
            Bool.random(using: &random)
        {
            connection.address = NodeEndpoint.Host(address)
            connection.port = [500, 4500, 65_535].randomElement(using: &random) ?? 500
        }
        if Bool.random(using: &random) { connection.localIdentity = identities.randomElement(using: &random) }
        connection.profile = ([nil] + IPsecProfile.allCases).randomElement(using: &random) ?? nil
        connection.localSelectors = selectors(&random)
        connection.remoteSelectors = selectors(&random)
        if connection.address == nil, Bool.random(using: &random) {
            connection.eap = connection.secret == nil ? .tls : .mschapv2
            if Bool.random(using: &random) {
                let scalars = text(&random).unicodeScalars.filter { $0 != "\\" && $0 >= " " && $0 != "\u{7F}" }
                connection.user = "x" + String(String.UnicodeScalarView(scalars))
            }
        }
        return connection
    }

    private static func selectors(_ random: inout SeededRandom) -> [Located<IPPrefix>] {
        (0..<Int.random(in: 0...2, using: &random)).compactMap { index in
            IPPrefix(address(&random), length: 20 + index).map { Located($0.network) }
        }
    }

    private static func address(_ random: inout SeededRandom) -> IPAddress {
        let value = UInt128(UInt64.random(in: .min ... .max, using: &random))
        return Bool.random(using: &random)
            ? IPAddress(v4: UInt32(truncatingIfNeeded: value)) : IPAddress(v6: value << 40)
    }

    /// A DNS label, now and then one that looks like something else.
    private static func word(_ random: inout SeededRandom) -> String {
        let words = ["true", "null", "123", "1e5", "no", "0x1f", "2027-06-30", "0", "y"]
        if Int.random(in: 0..<3, using: &random) == 0 { return words.randomElement(using: &random) ?? "a" }
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String(
            (0..<Int.random(in: 1...20, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
    }

    /// Any text at all.
    private static func text(_ random: inout SeededRandom) -> String {
        let letters: [Unicode.Scalar] = [
            "a", " ", "\n", "\t", "\r", "\"", "'", "\\", ":", "#", "-", "{", "]", "&", "*", "!", "%", "@", "ü", "\u{0}",
            "\u{7F}", "\u{85}", "\u{2028}", "\u{FEFF}", "🚀", "\u{FFFE}", "\u{1FFFF}", ",", "~", "1", "\u{301}",
            "\u{A0}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            if let letter = letters.randomElement(using: &random) { text.unicodeScalars.append(letter) }
        }
        return text
    }
}
