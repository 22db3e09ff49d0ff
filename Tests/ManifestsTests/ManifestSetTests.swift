import Manifests
import Testing

struct ManifestSetTests {
    private let files = [
        load(Sample.tenant, path: "a.yaml"), load(Sample.cvlan, path: "b.yaml"), load(Sample.node, path: "c.yaml"),
        load(Sample.policy, path: "d.yaml"),
    ]

    @Test func resourcesAreFoundByTenantAndName() throws {
        let tenant = try #require(ManifestSet(files: files).tenants["acme"])
        #expect(tenant.cvlans.keys.sorted() == ["office"])
        #expect(tenant.nodes.keys.sorted() == ["laptop-1"])
        #expect(tenant.policies.keys.sorted() == ["database"])
    }

    @Test func theOrderOfFilesDoesNotMatter() {
        let again = load(Sample.node, path: "0.yaml")
        for files in [files + [again], [again] + files.reversed()] {
            let set = ManifestSet(files: files)
            #expect(set.tenants["acme"]?.nodes["laptop-1"]?.metadata.$name.span.file.path == "0.yaml")
            #expect(set.duplicates.map(\.later.span.file.path) == ["c.yaml"])
        }
    }

    /// So many that they are filled on all cores.
    @Test func tenantsThatAreInterleavedGetTheirOwn() {
        let tenants = (100..<250).map { "t\($0)" }
        func file(_ text: String, _ path: String, of tenant: String) -> ManifestFile {
            load(text.replacing("acme", with: tenant), path: path)
        }
        let files = tenants.flatMap { tenant in
            [file(Sample.tenant, "\(tenant).yaml", of: tenant)]
                + (0..<3).map { file(Sample.node, "\($0)/\(tenant).yaml", of: tenant) }
        }
        let set = ManifestSet(files: files.shuffled())
        #expect(set.tenants.keys.sorted() == tenants)
        #expect(tenants.allSatisfy { set.tenants[$0]?.nodes["laptop-1"]?.metadata.tenant == $0 })
        #expect(set.orphans.isEmpty)
        #expect(
            set.duplicates.map(\.later.span.file.path)
                == ["1", "2"].flatMap { folder in tenants.map { "\(folder)/\($0).yaml" } })
        #expect(set.duplicates.allSatisfy { $0.first.span.file.path.hasPrefix("0/") })
    }

    @Test func resourcesWithoutTheirTenantAreOrphans() {
        let set = ManifestSet(files: Array(files.dropFirst()))
        #expect(set.tenants.isEmpty)
        #expect(set.orphans.map(\.metadata.name) == ["office", "laptop-1", "database"])
    }
}
