import Addressing
import Manifests
import OverlayNetwork
import Testing

/// The life of a tenant: random commits, of which those that cannot be carried out are refused.
@Suite struct AllocationPropertyTests {
    private struct Step {
        var manifests: TenantManifests
        var time: Timestamp
        var previous: TenantState?
        var compiled: CompiledTenant
    }

    /// Calls `body` after each commit that holds.
    private func live(_ seeds: ClosedRange<UInt64>, policies: Bool, _ body: (Step, UInt64) throws -> Void) throws {
        var refused = 0
        for seed in seeds {
            var tenant = try RandomTenant(seed: seed, policies: policies)
            var previous: TenantState?
            for number in 0..<30 {
                let before = tenant
                if number > 0 { tenant.edit() }
                let time = noon.adding(seconds: Int64(number))
                // The random generator goes on where it was: else the same refused edit would come again.
                guard
                    let compiled = try? tenant.manifests.compile(after: previous, at: time, height: UInt64(number + 1))
                else {
                    refused += 1
                    tenant.revert(to: before)
                    continue
                }
                try body(
                    Step(manifests: tenant.manifests, time: time, previous: previous, compiled: compiled), seed)
                previous = compiled.state
            }
        }
        #expect(refused > 0, "no commit was refused: the edits are too tame")
    }

    @Test func noAddressIsGivenTwiceOrToNobody() throws {
        try live(1...20, policies: false) { step, seed in
            for (name, cvlan) in step.compiled.state.cvlans {
                let addresses = cvlan.nodes.values.flatMap(\.addresses)
                #expect(Set(addresses).count == addresses.count, "seed \(seed)")
                for (node, state) in cvlan.nodes {
                    for family in Set(cvlan.cidrs.map(\.family)) {
                        #expect(state.addresses.contains { $0.family == family }, "seed \(seed): \(node) in \(name)")
                    }
                    #expect(state.addresses.allSatisfy { address in cvlan.cidrs.contains { $0.contains(address) } })
                }
            }
        }
    }

    @Test func noReservedOrUnusableAddressIsAllocated() throws {
        try live(1...20, policies: false) { step, seed in
            for (name, cvlan) in step.compiled.state.cvlans {
                let reserved = step.manifests.cvlans[name]?.reserved.map(\.value) ?? []
                for (node, state) in cvlan.nodes {
                    let before = step.previous?.cvlans[name]?.nodes[node]?.addresses ?? []
                    let fixed = step.manifests.nodes[node]?.membership(in: name)?.addresses.map(\.value) ?? []
                    for address in state.addresses {
                        #expect(!cvlan.cidrs.contains { $0.firstAddress == address }, "seed \(seed)")
                        #expect(!cvlan.cidrs.contains { $0.family == .v4 && $0.lastAddress == address }, "seed \(seed)")
                        guard !fixed.contains(address), !before.contains(address) else { continue }
                        #expect(!reserved.contains { $0.contains(address) }, "seed \(seed)")
                    }
                }
            }
        }
    }

    @Test func aNodeKeepsItsAddressesAsLongAsItIsThere() throws {
        try live(1...20, policies: false) { step, seed in
            for (name, cvlan) in step.previous?.cvlans ?? [:] {
                for (node, before) in cvlan.nodes {
                    guard let now = step.compiled.state.cvlans[name]?.nodes[node] else { continue }
                    let fixed = step.manifests.nodes[node]?.membership(in: name)?.addresses.map(\.value) ?? []
                    for address in before.addresses where !fixed.contains(where: { $0.family == address.family }) {
                        #expect(now.addresses.contains(address), "seed \(seed): \(node) in \(name)")
                    }
                }
            }
        }
    }

    @Test func aNewAddressIsTheLowestFree() throws {
        try live(1...20, policies: false) { step, seed in
            for (name, cvlan) in step.compiled.state.cvlans {
                let reserved = step.manifests.cvlans[name]?.reserved.map(\.value) ?? []
                let taken = Set(cvlan.nodes.values.flatMap(\.addresses))
                for (node, state) in cvlan.nodes where step.previous?.cvlans[name]?.nodes[node] == nil {
                    let fixed = step.manifests.nodes[node]?.membership(in: name)?.addresses.map(\.value) ?? []
                    for address in state.addresses where !fixed.contains(address) {
                        let lower = (1..<64).map { IPAddress(family: address.family, value: address.value &- $0) }
                        let free = lower.filter { candidate in
                            cvlan.cidrs.contains { $0.contains(candidate) && $0.firstAddress != candidate }
                                && !reserved.contains { $0.contains(candidate) } && !taken.contains(candidate)
                        }
                        #expect(free == [], "seed \(seed): \(node) in \(name)")
                    }
                }
            }
        }
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        try live(1...8, policies: true) { step, seed in
            // Dictionaries built anew, in another order.
            var rebuilt = TenantManifests(tenant: step.manifests.tenant)
            rebuilt.cvlans = Dictionary(uniqueKeysWithValues: step.manifests.cvlans.shuffled())
            rebuilt.nodes = Dictionary(uniqueKeysWithValues: step.manifests.nodes.shuffled())
            rebuilt.policies = Dictionary(uniqueKeysWithValues: step.manifests.policies.shuffled())
            let again = try CompiledTenant(
                TenantInput(
                    manifests: rebuilt, sourceCommit: step.compiled.state.sourceCommit, previous: step.previous,
                    time: step.time, height: step.compiled.nodes.map(\.generation).max() ?? 1))
            #expect(again.nodes.map(\.digest) == step.compiled.nodes.map(\.digest), "seed \(seed)")
            #expect(
                again.state.cvlans.mapValues { $0.nodes.mapValues(\.addresses) }
                    == step.compiled.state.cvlans.mapValues { $0.nodes.mapValues(\.addresses) }, "seed \(seed)")
        }
    }

    /// Nothing but the manifests and the state is needed to make every config again, byte for byte.
    @Test func configsAreRecomputedFromManifestsAndState() throws {
        try live(1...8, policies: true) { step, seed in
            let files = PublishedState(
                height: 1, sourceCommit: try commit(1), evaluationTime: step.time,
                tenants: ["acme": step.compiled.state]
            ).files
            let stored = try PublishedState(files: files.map { (path: $0.key, bytes: $0.value) })
            let again = try CompiledTenant(
                TenantInput(
                    manifests: step.manifests, sourceCommit: step.compiled.state.sourceCommit,
                    previous: stored.tenants["acme"], time: step.time, height: 1_000))
            #expect(again.state == step.compiled.state, "seed \(seed)")
            #expect(again.nodes.map(\.payload) == step.compiled.nodes.map(\.payload), "seed \(seed)")
            #expect(again.nodes.filter(\.isChanged).map(\.name) == [], "seed \(seed)")
            #expect(again.segments.mapValues(\.bytes) == step.compiled.segments.mapValues(\.bytes), "seed \(seed)")
        }
    }

    @Test func generationsRiseExactlyWhenAConfigChanges() throws {
        try live(1...8, policies: true) { step, seed in
            let before = step.previous
            for node in step.compiled.nodes {
                let published = before?.published(node.name)
                #expect(node.isChanged == (published?.digest != node.digest), "seed \(seed)")
                if let published {
                    #expect(
                        node.isChanged
                            ? node.generation > published.generation : node.generation == published.generation)
                }
                for cvlan in step.compiled.state.cvlans.values {
                    guard let state = cvlan.nodes[node.name] else { continue }
                    #expect(state.generation == node.generation && state.digest == node.digest, "seed \(seed)")
                }
            }
            let now = step.compiled.state.nodeNames
            #expect(Set(step.compiled.removed) == (before?.nodeNames ?? []).subtracting(now), "seed \(seed)")
        }
    }
}
