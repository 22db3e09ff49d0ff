import Addressing
import Manifests
import OverlayNetwork
import Testing
import WireFormat

@Suite struct CompiledTenantTests {
    private func manifests() throws -> TenantManifests {
        var manifests = try TenantManifests.acme()
        try manifests.addNetwork("office", "10.0.0.0/24")
        try manifests.addNetwork("lab", "10.1.0.0/24")
        try manifests.addNode("a", in: ["office"])
        try manifests.addNode("b", in: ["office", "lab"])
        try manifests.addNode("c", in: ["lab"])
        try manifests.addNode("idle", in: [])
        return manifests
    }

    @Test func aChangeConcernsTheNetworkThatItIsIn() throws {
        var manifests = try manifests()
        let first = try manifests.compile()
        #expect(first.nodes.map(\.name) == ["a", "b", "c"])
        #expect(first.nodes.allSatisfy { $0.isChanged && $0.generation == 1 })
        try manifests.addNode("d", in: ["lab"])
        let second = try manifests.compile(after: first.state, height: 5)
        #expect(second.nodes.map { "\($0.name) \($0.generation)" } == ["a 1", "b 5", "c 5", "d 5"])
        #expect(try second.nodes.map(\.sourceCommit) == [commit(1), commit(5), commit(5), commit(5)])
        #expect(second.state.cvlans["office"]?.nodes["b"]?.generation == 5)
    }

    @Test func theDigestLeavesGenerationAndCommitOut() throws {
        let node = try #require(try manifests().compile(height: 9).nodes.first)
        var config = try WireNodeConfig(serializedBytes: node.payload)
        #expect(config.generation == 9)
        #expect(config.sourceCommit == (try commit(9)).description)
        config.generation = 0
        config.sourceCommit = ""
        let bytes: [UInt8] = try config.serializedBytes()
        #expect(ContentDigest(of: bytes) == node.digest)
    }

    @Test func whoHasNoConfigAnyMoreIsReported() throws {
        var manifests = try manifests()
        try manifests.addNode("late", in: ["office"]) { $0.expires = noon.adding(seconds: 10) }
        let first = try manifests.compile()
        manifests.nodes["a"] = nil
        manifests.nodes["c"]?.networks = []
        let second = try manifests.compile(after: first.state, at: noon.adding(seconds: 10), height: 2)
        #expect(second.removed == ["a", "c", "late"])
        #expect(try manifests.compile(after: second.state, at: noon.adding(seconds: 11), height: 3).removed == [])
    }

    @Test func aNodeThatComesBackHasAHigherGeneration() throws {
        var manifests = try manifests()
        let first = try manifests.compile()
        let node = manifests.nodes.removeValue(forKey: "a")
        let second = try manifests.compile(after: first.state, height: 2)
        manifests.nodes["a"] = node
        let third = try manifests.compile(after: second.state, height: 3)
        #expect(third.nodes.first?.generation == 3)
        #expect(third.nodes.first?.digest == first.nodes.first?.digest)
    }

    @Test func defaultsAreFilledIn() throws {
        var manifests = try manifests()
        try manifests.addNetwork("lab", "10.1.0.0/24") {
            $0.mtu = 1280
            $0.keepalive = .seconds(25)
        }
        let compiled = try manifests.compile()
        let (office, lab) = (try WireView(compiled, "b", in: "office"), try WireView(compiled, "b", in: "lab"))
        #expect(office.config.mtu == 1420 && office.config.keepaliveSeconds == 0)
        #expect(lab.config.mtu == 1280 && lab.config.keepaliveSeconds == 25)
        #expect(office.config.addresses.compactMap(\.prefix?.description) == ["10.0.0.2/24"])
        #expect(office.config.cidrs.compactMap(\.prefix?.description) == ["10.0.0.0/24"])
    }

    @Test func expiriesDecideTheEvaluationTime() throws {
        var manifests = try manifests()
        let (early, late) = (noon.adding(seconds: 10), noon.adding(seconds: 20))
        manifests.nodes["a"]?.expires = early
        manifests.nodes["b"]?.expires = late
        func time(_ seconds: Int64) -> Timestamp {
            EvaluationTime.at(now: noon.adding(seconds: seconds), commitTime: noon, manifests: [manifests])
        }
        #expect([0, 9, 10, 19, 20, 99].map(time) == [noon, noon, early, early, late, late])
        // A commit from the future: its own time counts.
        #expect(EvaluationTime.at(now: noon, commitTime: late, manifests: [manifests]) == late)
        #expect(EvaluationTime.nextExpiry(after: noon, manifests: [manifests]) == early)
        #expect(EvaluationTime.nextExpiry(after: late, manifests: [manifests]) == nil)
    }
}
