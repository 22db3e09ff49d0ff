import Manifests
import Testing

/// Whose fault a problem is: a bad tenant must not hold back the others.
struct AttributionTests {
    @Test func aManifestSaysItself() {
        let file = load(Sample.node(spec: "role: boss"), path: "tenants/other/x.yaml")
        #expect(file.problems.map(\.tenant) == ["acme"])
        #expect(file.undecodable == [ResourceID(kind: .node, tenant: "acme", name: "n")])
    }

    @Test func aTenantIsItself() {
        #expect(load(Sample.tenant(spec: "domain: 7")).problems.map(\.tenant) == ["n"])
    }

    @Test func thePathSaysWhereTheTextDoesNot() {
        #expect(load("]", path: "tenants/acme/x.yaml").problems.map(\.tenant) == ["acme"])
        #expect(load("]", path: "a/tenants/acme/b/x.yaml").problems.map(\.tenant) == ["acme"])
        #expect(load("kind: Node", path: "tenants/acme/x.yaml").problems.allSatisfy { $0.tenant == "acme" })
    }

    @Test func nobodyIsBlamedWithoutReason() {
        #expect(load("]").problems.map(\.tenant) == [nil])
        #expect(load("]", path: "tenants/x.yaml").problems.map(\.tenant) == [nil])
        #expect(load("]", path: "tenants/NOT A NAME/x.yaml").problems.map(\.tenant) == [nil])
    }

    /// As git prints a name with a letter that is not ASCII's.
    private static let quoted = "\"tenants/a/caf\\303\\251.json\""

    @Test func aPathInQuotesSaysTheSame() {
        #expect(load("a: b", path: Self.quoted).problems.map(\.tenant) == ["a"])
        #expect(load("a: b", path: Self.quoted).source.isJSON)
    }

    @Test func filesOfARepositoryThatAreManifests() {
        for path in ["a.yaml", "tenants/a/b.yml", "x/y.json", Self.quoted] {
            #expect(ManifestLoader.isManifest(path: path))
        }
        for path in [".github/x.yaml", "a/.b/c.yaml", ".x.yaml", "README.md", "yaml"] {
            #expect(!ManifestLoader.isManifest(path: path))
        }
    }
}
