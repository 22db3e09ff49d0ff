import GitRepository
import Manifests
import OverlayNetwork
import Plan
import TestRepository
import Testing

/// A plan tells what compiling both sides as a whole shows, though it compiles only what a change concerns.
struct ControllerAgreementTests {
    /// What the controller makes of a commit, by tenant.
    private func compile(
        _ commit: ObjectID, in test: TestRepository, after previous: [String: CompiledTenant]
    ) async throws -> [String: CompiledTenant] {
        let source = try #require(SourceCommit("\(commit)"))
        let manifests = try await test.manifests(of: commit)
        return try manifests.tenants.mapValues {
            try CompiledTenant(
                TenantInput(
                    manifests: $0, sourceCommit: source, previous: previous[$0.name]?.state, time: now, height: 2))
        }
    }

    private func nodes(of tenant: TenantPlan) -> Set<String> {
        tenant.networks.reduce(into: []) { nodes, network in
            nodes.formUnion(network.configs.joined + network.configs.left + network.configs.changed.flatMap(\.nodes))
        }
    }

    @Test(arguments: 0..<40) func theSameNodesAreReconfigured(seed: UInt64) async throws {
        let test = try TestRepository()
        var random = RandomRepository(seed: seed)
        var (old, oldFiles) = (try await test.commit(random.files), random.files)
        for _ in 0..<4 {
            random.change()
            let gone = oldFiles.keys.filter { random.files[$0] == nil }.map { ($0, String?.none) }
            let files = Dictionary(uniqueKeysWithValues: gone).merging(random.files.mapValues { $0 }) { $1 }
            let new = try await test.commit(files)
            let before = try await compile(old, in: test, after: [:])
            let after = try await compile(new, in: test, after: before)
            let plan = try await test.plan("\(old)..\(new)")
            #expect(plan.findings.isEmpty)
            for (name, tenant) in after {
                let planned = plan.tenants.first { $0.name == name }
                #expect(planned?.findings ?? [] == [])
                let changed = Set(tenant.nodes.filter(\.isChanged).map(\.name))
                #expect(planned.map(nodes) ?? [] == changed.union(tenant.removed), "seed \(seed), \(name)")
                #expect(planned?.nodes.reconfigured ?? 0 == changed.count)
                #expect(planned?.nodes.removed ?? 0 == tenant.removed.count)
                for network in planned?.networks ?? [] {
                    let state = tenant.state.cvlans[network.name]
                    #expect(network.new?.prefixes ?? [] == state?.cidrs.map(\.description) ?? [])
                    for change in network.addresses {
                        let addresses = state?.nodes[change.node]?.addresses.map(\.description)
                        #expect(change.new == addresses ?? [])
                    }
                }
            }
            (old, oldFiles) = (new, random.files)
        }
    }
}
