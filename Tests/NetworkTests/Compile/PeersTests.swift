import Addressing
import Manifests
import OverlayNetwork
import Testing

@Suite struct PeersTests {
    private func names(_ compiled: CompiledTenant, _ node: String) throws -> [String] {
        try WireView(compiled, node, in: "office").peers.map(\.node).sorted()
    }

    private func allowed(_ compiled: CompiledTenant, _ peer: String, seenBy node: String) throws -> [String] {
        try WireView(compiled, node, in: "office").peer(peer).allowedIps.compactMap(\.prefix?.description)
    }

    private func hub() throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24") { $0.topology = .hub }
        for name in ["c1", "c2"] { try manifests.addNode(name, in: ["office"]) }
        for name in ["g1", "g2"] { try manifests.addNode(name, in: ["office"]) { $0.role = .gateway } }
        return manifests
    }

    @Test func inAMeshEveryoneSeesEveryone() throws {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24", "fd00::/64")
        for name in ["a", "b", "c"] { try manifests.addNode(name, in: ["office"]) }
        let compiled = try manifests.compile()
        #expect(try names(compiled, "a") == ["a", "b", "c"])
        #expect(try allowed(compiled, "b", seenBy: "a") == ["10.0.0.2/32", "fd00::2/128"])
    }

    @Test func inAHubClientsSeeGatewaysAndGatewaysEveryone() throws {
        let compiled = try hub().compile()
        #expect(try names(compiled, "c1") == ["g1", "g2"])
        #expect(try names(compiled, "g1") == ["c1", "c2", "g1", "g2"])
        #expect(try allowed(compiled, "g1", seenBy: "c1") == ["10.0.0.0/24", "10.0.0.3/32"])
        #expect(try allowed(compiled, "g2", seenBy: "c1") == ["10.0.0.4/32"])
        #expect(try allowed(compiled, "g1", seenBy: "g2") == ["10.0.0.3/32"])
    }

    @Test func nodesWithoutAKeyHaveAnAddressAndAreNoPeers() throws {
        var manifests = try hub()
        manifests.nodes["g1"]?.publicKey = nil
        let compiled = try manifests.compile()
        #expect(compiled.addresses("g1", in: "office") == ["10.0.0.3"])
        #expect(try names(compiled, "c1") == ["g2"])
        #expect(try allowed(compiled, "g2", seenBy: "c1") == ["10.0.0.0/24", "10.0.0.4/32"])
    }

    @Test func externalDevicesAreSeenLikeOthers() throws {
        var manifests = try hub()
        try manifests.addNode("phone", in: ["office"]) { $0.role = .external }
        #expect(try names(try manifests.compile(), "g1").contains("phone"))
        #expect(try !names(try manifests.compile(), "c1").contains("phone"))
    }

    @Test func aRouteGoesToTheLowestPriorityThenTheFirstName() throws {
        var manifests = try hub()
        func route(_ text: String, _ priority: Int) throws -> Node.SubnetRoute {
            var route = Node.SubnetRoute(prefix: Located(try prefix(text)))
            route.priority = priority
            return route
        }
        manifests.nodes["g1"]?.routes = [
            try route("10.9.0.0/24", 20), try route("10.8.0.0/24", 5), try route("10.0.0.0/25", 1),
        ]
        manifests.nodes["g2"]?.routes = [try route("10.9.0.0/24", 10), try route("10.8.0.0/24", 5)]
        let compiled = try manifests.compile()
        #expect(try allowed(compiled, "g1", seenBy: "g2") == ["10.0.0.3/32", "10.8.0.0/24"])
        #expect(try allowed(compiled, "g2", seenBy: "c1") == ["10.0.0.4/32", "10.9.0.0/24"])
        let view = try WireView(compiled, "g2", in: "office")
        #expect(try view.peer("g2").routes.compactMap(\.prefix?.description) == ["10.9.0.0/24"])
        #expect(view.config.advertisedRoutes.compactMap(\.prefix?.description) == ["10.8.0.0/24", "10.9.0.0/24"])
        // A part of the network itself is no route.
        #expect(try WireView(compiled, "g1", in: "office").config.advertisedRoutes.count == 2)
    }

    @Test func portsAreThoseOfTheEndpointsMovedByTheNetworksPosition() throws {
        var manifests = try hub()
        try manifests.addNetwork("lab", "10.1.0.0/24")
        try manifests.addNode("g1", in: ["lab", "office"]) {
            $0.role = .gateway
            $0.endpoints = [
                Located(try #require(NodeEndpoint("203.0.113.7:51820"))),
                Located(try #require(NodeEndpoint("gw.example.org:443")), at: line(3)),
            ]
        }
        let compiled = try manifests.compile()
        #expect(try WireView(compiled, "g1", in: "lab").config.listenPort == 51820)
        let view = try WireView(compiled, "g1", in: "office")
        #expect(view.config.listenPort == 51821)
        #expect(try view.peer("g1").endpoints == ["203.0.113.7:51821", "gw.example.org:444"])
        #expect(try WireView(compiled, "c1", in: "office").config.listenPort == 0)

        manifests.nodes["g1"]?.endpoints = [Located(try #require(NodeEndpoint("203.0.113.7:65535")), at: line(3))]
        #expect(try manifests.errors() == ["3 port-out-of-range"])
    }

    @Test func nodesOfOneClassShareTheirSegments() throws {
        let compiled = try hub().compile()
        let views = try ["c1", "c2", "g1", "g2"].map { try WireView(compiled, $0, in: "office").config.peerSegments }
        #expect(views[0] == views[1] && views[2] == views[3] && views[0] != views[2])
    }

    @Test func aJoinChangesOneSegmentOfMany() throws {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/16")
        // Above 256 there are 32 buckets, up to 512 nodes.
        for number in 0..<300 { try manifests.addNode("n\(number)", in: ["office"]) }
        let before = try manifests.compile()
        try manifests.addNode("zz-new", in: ["office"])
        let after = try manifests.compile(after: before.state, height: 2)
        let (old, new) = (try WireView(before, "n1", in: "office"), try WireView(after, "n1", in: "office"))
        #expect(old.config.peerSegments.count == 32)
        #expect(zip(old.config.peerSegments, new.config.peerSegments).filter { $0 != $1 }.count == 1)
        #expect(Set(after.segments.keys).subtracting(before.segments.keys).count == 1)
        #expect(Set(new.peers.map(\.node)) == Set(manifests.nodes.keys))
    }

    @Test func aNodeWithoutAKeyThatJoinsConcernsNobody() throws {
        var manifests = try hub()
        let before = try manifests.compile()
        try manifests.addNode("new", in: ["office"]) { $0.publicKey = nil }
        let after = try manifests.compile(after: before.state, height: 2)
        #expect(after.nodes.filter(\.isChanged).map(\.name) == ["new"])
    }
}
