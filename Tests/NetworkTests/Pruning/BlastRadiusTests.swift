import Manifests
import OverlayNetwork
import Testing

struct BlastRadiusTests {
    /// `office` with `count` nodes, and `lab` with two of them and one of its own.
    private func acme(_ count: Int = 10) throws -> TenantManifests {
        var acme = try TenantManifests.acme()
        acme.tenant.metadata.$name.span = line(1)
        try acme.addNetwork("office", "10.0.0.0/16") { $0.metadata.$name.span = line(2) }
        try acme.addNetwork("lab", "10.1.0.0/16") { $0.metadata.$name.span = line(3) }
        for number in 0..<count { try acme.addNode("n\(number)", in: number < 2 ? ["office", "lab"] : ["office"]) }
        try acme.addNode("lab-only", in: ["lab"])
        return acme
    }

    private func losses(
        _ limit: PruneLimit = .standard, count: Int = 10, _ change: (inout TenantManifests) throws -> Void
    ) throws -> [PruneLoss] {
        var new = try acme(count)
        try change(&new)
        return BlastRadius(from: try acme(count), to: new, at: noon, limit: limit).losses
    }

    private func remove(_ nodes: ClosedRange<Int>, _ manifests: inout TenantManifests) {
        for number in nodes { manifests.nodes["n\(number)"] = nil }
    }

    @Test func nothingIsLostWithoutAChangeOrBeforeTheFirst() throws {
        #expect(try losses { _ in }.isEmpty)
        #expect(BlastRadius(from: nil, to: try acme(), at: noon).isWithinLimit)
        #expect(BlastRadius(from: nil, to: nil, at: noon).isWithinLimit)
    }

    @Test func aDeletedTenantIsOneLossOfAll() throws {
        let radius = BlastRadius(from: try acme(), to: nil, at: noon)
        let loss = try #require(radius.losses.first)
        #expect(radius.losses.count == 1)
        #expect(loss.subject == .tenant(networks: 2, nodes: 11))
        #expect(loss.span == line(1))
        #expect(loss.allowance == .tenant("acme"))
        #expect("\(loss)" == "tenant acme is deleted, with 2 networks and 11 nodes")
    }

    @Test func aDeletedNetworkIsALossWhateverItsSize() throws {
        let lost = try losses { manifests in
            manifests.cvlans["lab"] = nil
            for name in manifests.nodes.keys { manifests.nodes[name]?.networks.removeAll { $0.cvlan == "lab" } }
        }
        #expect(lost.map(\.subject) == [.network(nodes: 3)])
        #expect(lost.map(\.span) == [line(3)])
        #expect(lost.map(\.allowance) == [.network(tenant: "acme", cvlan: "lab")])
        #expect("\(lost[0])" == "network lab of tenant acme is deleted, with 3 nodes")
    }

    @Test func upToTheLimitNodesMayGo() throws {
        #expect(try losses { remove(8...9, &$0) }.isEmpty)
        let lost = try losses { remove(7...9, &$0) }
        #expect(lost.map(\.subject) == [.nodes(gone: 3, of: 10, examples: ["n7", "n8", "n9"])])
        #expect(lost.map(\.span) == [line(2)])
        #expect("\(lost[0])" == "3 of the 10 nodes of network acme/office go (30 %): n7, n8, n9")
    }

    @Test func namesOfManyAreBounded() throws {
        let lost = try losses(count: 100) { remove(50...99, &$0) }
        #expect("\(lost[0])" == "50 of the 100 nodes of network acme/office go (50 %): n50, n51, n52, n53, n54, …")
    }

    @Test func theLimitCanBeMoved() throws {
        let (none, all) = (try #require(PruneLimit(percent: 0)), try #require(PruneLimit(percent: 100)))
        #expect(try losses(none) { remove(8...9, &$0) }.count == 1)
        #expect(try losses(all) { $0.nodes = [:] }.isEmpty)
        #expect(try losses(all) { $0.cvlans["lab"] = nil }.count == 1)
    }

    @Test func oneNodeMayAlwaysGo() throws {
        var old = try TenantManifests.acme()
        try old.addNetwork("office", "10.0.0.0/16")
        try old.addNode("a", in: ["office"])
        var new = old
        new.nodes = [:]
        #expect(BlastRadius(from: old, to: new, at: noon).isWithinLimit)
        try old.addNode("b", in: ["office"])
        #expect(
            BlastRadius(from: old, to: new, at: noon).losses.map(\.subject) == [
                .nodes(gone: 2, of: 2, examples: ["a", "b"])
            ])
    }

    @Test func aRenamedNetworkOrNodeGoesAndComes() throws {
        let renamed = try losses { manifests in
            manifests.cvlans["office-2"] = manifests.cvlans.removeValue(forKey: "office")
        }
        #expect(renamed.map(\.subject) == [.network(nodes: 10)])
        let nodes = try losses { manifests in
            for number in 0..<5 {
                manifests.nodes["n\(number)"] = nil
                try manifests.addNode("m\(number)", in: ["office"])
            }
        }
        #expect(nodes.map(\.network) == ["lab", "office"])
    }

    @Test func aMembershipRemovedCountsForThatNetworkAlone() throws {
        let lost = try losses { manifests in
            for name in ["n0", "n1"] { manifests.nodes[name]?.networks.removeAll { $0.cvlan == "lab" } }
        }
        #expect(lost.map(\.subject) == [.nodes(gone: 2, of: 3, examples: ["n0", "n1"])])
        #expect(lost.map(\.network) == ["lab"])
    }

    @Test func expiryIsNoLossUnlessTheChangeBringsIt() throws {
        let past = Timestamp(secondsSince1970: noon.secondsSince1970 - 1)
        var old = try acme()
        for number in 0..<6 { old.nodes["n\(number)"]?.expires = past }
        #expect(BlastRadius(from: old, to: old, at: noon).isWithinLimit)
        var new = old
        for number in 0..<6 { new.nodes["n\(number)"] = nil }
        #expect(BlastRadius(from: old, to: new, at: noon).isWithinLimit)
        // Of what is left in force, four of four.
        for number in 6..<10 { new.nodes["n\(number)"]?.expires = past }
        #expect(
            BlastRadius(from: old, to: new, at: noon).losses.map(\.subject) == [
                .nodes(gone: 4, of: 4, examples: ["n6", "n7", "n8", "n9"])
            ])
    }

    @Test func annotationsOfTheNewManifestsPermit() throws {
        let annotation = [BlastRadius.annotation: "true"]
        func refused(_ change: (inout TenantManifests) throws -> Void) throws -> [String?] {
            var new = try acme()
            remove(2...9, &new)
            new.cvlans["lab"] = nil
            try change(&new)
            return BlastRadius(from: try acme(), to: new, at: noon).refused(allowing: .none).map(\.network)
        }
        #expect(try refused { _ in } == ["lab", "office"])
        #expect(try refused { $0.cvlans["office"]?.metadata.annotations = annotation } == ["lab"])
        #expect(try refused { $0.tenant.metadata.annotations = annotation } == [])
        #expect(try refused { $0.tenant.metadata.annotations = [BlastRadius.annotation: "yes"] } == ["lab", "office"])
        // Not those that are in force: they permitted what came before.
        var old = try acme()
        old.tenant.metadata.annotations = annotation
        #expect(BlastRadius(from: old, to: nil, at: noon).refused(allowing: .none).count == 1)
        var new = old
        new.tenant.metadata.annotations = [:]
        new.cvlans["lab"] = nil
        #expect(BlastRadius(from: old, to: new, at: noon).refused(allowing: .none).count == 1)
    }

    @Test(arguments: [
        ("*", [], false), ("acme", [], false), ("acme/office", ["lab"], true), ("acme/lab", ["office"], true),
        ("globex", ["lab", "office"], true), ("globex/office", ["lab", "office"], true),
        ("?", ["lab", "office"], true),
    ])
    func trailersPermitWhatTheyName(_ value: String, _ networks: [String], _ keepsTenant: Bool) throws {
        var new = try acme()
        remove(2...9, &new)
        new.cvlans["lab"] = nil
        let allowances = PruneAllowances(trailerValues: [value])
        let refused = BlastRadius(from: try acme(), to: new, at: noon).refused(allowing: allowances)
        #expect(refused.map(\.network) == networks)
        #expect(BlastRadius(from: try acme(), to: nil, at: noon).refused(allowing: allowances).isEmpty != keepsTenant)
    }

    @Test func whatWasPublishedStandsInForManifestsThatAreGone() throws {
        let old = try acme()
        let state = try old.compile().state
        var new = old
        remove(5...9, &new)
        new.cvlans["lab"] = nil
        let known = BlastRadius(from: old, to: new, at: noon).losses
        let fromState = BlastRadius(from: state, of: "acme", to: new, at: noon).losses
        #expect(fromState.map(\.subject) == known.map(\.subject))
        #expect(fromState.map(\.span) == [.none, .none])
        let deleted = BlastRadius(from: state, of: "acme", to: nil, at: noon).losses
        #expect(deleted.map(\.subject) == [.tenant(networks: 2, nodes: 11)])
    }
}
