import GitRepository
import ManifestSource
import Manifests
import Testing

struct SourceTreeTests {
    @Test func aFileThatIsAddedBelongsToTheTenantsOfItsDocuments() throws {
        let commit = try #require(ObjectID(String(repeating: "1", count: 40)))
        let text = """
            { apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: acme } }
            --- { apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: other } }
            """
        let file = ManifestLoader().load(path: "both.yaml", bytes: Array(text.utf8))
        let tree = SourceTree(commit: commit).adding(file, at: "both.yaml")
        #expect(tree.blobs(of: "acme") == ["both.yaml": commit])
        #expect(tree.manifests(of: "other").tenants.keys.sorted() == ["acme", "other"])
        #expect(tree.manifests(of: "nobody").tenants.isEmpty)
    }
}
