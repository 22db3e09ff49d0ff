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

    @Test func resourcesWithoutTheirTenantAreOrphans() {
        let set = ManifestSet(files: Array(files.dropFirst()))
        #expect(set.tenants.isEmpty)
        #expect(set.orphans.map(\.metadata.name) == ["office", "laptop-1", "database"])
    }
}
