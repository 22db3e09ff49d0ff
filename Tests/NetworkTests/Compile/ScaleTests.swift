import Manifests
import OverlayNetwork
import Testing

/// Prints what it takes; asserts only that the result is right.
@Suite struct ScaleTests {
    @Test func tenThousandNodesInTwentyNetworks() throws {
        var manifests = try TenantManifests.acme(pools: ["10.0.0.0/8", "fd00::/16"])
        for network in 0..<20 { manifests.addAutoNetwork("net-\(network)", v4: 20, v6: 64) }
        for number in 0..<10_000 {
            try manifests.addNode("node-\(number)", in: ["net-\(number % 20)"], labels: ["app": "\(number % 7)"])
        }
        manifests.addPolicy(
            "web",
            rules: [
                try .allow(.labels(["app": "1"]), .labels(["app": "2"]), "tcp/443"), try .deny(.any, .node("node-5")),
            ])
        let clock = ContinuousClock()
        var first: CompiledTenant?
        let cold = try clock.measure { first = try manifests.compile() }
        let compiled = try #require(first)
        #expect(compiled.nodes.count == 10_000)

        try manifests.addNode("newcomer", in: ["net-7"])
        var second: CompiledTenant?
        let warm = try clock.measure { second = try manifests.compile(after: compiled.state, height: 2) }
        #expect(second?.nodes.filter(\.isChanged).count == 501)

        var bytes = 0
        var state: PublishedState?
        let stored = try clock.measure {
            let files = StateChange(
                from: .none, tenants: ["acme": compiled.state], sourceCommit: try commit(1), evaluationTime: noon
            ).writes
            bytes = files.values.map(\.count).reduce(0, +)
            state = try PublishedState(files: files.map { (path: $0.key, bytes: $0.value) })
        }
        #expect(state?.tenants["acme"] == compiled.state)
        print("figure: 10,000 nodes: compile \(cold), again with one more \(warm), state of \(bytes) bytes \(stored)")
    }

    @Test func fourThousandNodesInOneNetwork() throws {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("all", "10.0.0.0/16", "fd00::/64")
        for number in 0..<4_000 {
            try manifests.addNode("node-\(number)", in: ["all"], labels: ["app": "\(number % 7)"])
        }
        manifests.addPolicy("p", rules: [try .allow(.labels(["app": "1"]), .labels(["app": "2"]))])
        var compiled: CompiledTenant?
        let cold = try ContinuousClock().measure { compiled = try manifests.compile() }
        #expect(try WireView(try #require(compiled), "node-1", in: "all").peers.count == 4_000)
        print("figure: one network of 4,000 nodes: compile \(cold)")
    }
}
