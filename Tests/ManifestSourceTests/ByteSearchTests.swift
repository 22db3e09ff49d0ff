import GitRepository
import ManifestSource
import Manifests
import TestRepository
import Testing

/// Looking for words in bytes never misses a document that parsing finds.
struct ByteSearchTests {
    private static let tricky: [(String, [UInt8])] = [
        ("plain.yaml", Array("kind: Tenant\nmetadata: { name: acme }\napiVersion: cvlan.io/v1".utf8)),
        ("escaped.yaml", Array("{ kind: Tenant, metadata: { name: \"a\\x63me\" }, apiVersion: cvlan.io/v1 }".utf8)),
        ("folded.yaml", Array("{ kind: Tenant, metadata: { name: \"ac\\\n  me\" }, apiVersion: cvlan.io/v1 }".utf8)),
        ("json.json", Array(#"{"kind":"Tenant","metadata":{"name":"\u0061cme"},"apiVersion":"cvlan.io\/v1"}"#.utf8)),
        ("quoted.yaml", Array("{ kind: 'Tenant', metadata: { name: 'acme' }, apiVersion: 'cvlan.io/v1' }".utf8)),
        (
            "anchor.yaml",
            Array("kind: Tenant\nmetadata: { annotations: { a: &n acme }, name: *n }\napiVersion: cvlan.io/v1".utf8)
        ),
        ("block.yaml", Array("kind: Tenant\nmetadata:\n  name: |-\n    acme\napiVersion: cvlan.io/v1".utf8)),
        (
            "bom.yaml",
            [0xEF, 0xBB, 0xBF] + Array("{ kind: Tenant, metadata: { name: acme }, apiVersion: cvlan.io/v1 }".utf8)
        ),
        ("utf16.yaml", [0xFF, 0xFE] + "kind: Tenant".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
        ("utf16be.yaml", "acme".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }),
        (
            "several.yaml",
            Array(
                "{ kind: Tenant, metadata: { name: other }, apiVersion: cvlan.io/v1 }\n---\n{ kind: Tenant, metadata: { name: acme }, apiVersion: cvlan.io/v1 }"
                    .utf8)
        ),
    ]

    @Test func whatHoldsADocumentOfATenantIsFound() {
        let loader = ManifestLoader()
        let search = ByteSearch(["acme"])
        for (path, bytes) in Self.tricky {
            let file = loader.load(path: path, bytes: bytes)
            #expect(search.mayFind(in: bytes) || !file.tenants.contains("acme"), "\(path)")
            // Not all for the reason that nothing is ever ruled out.
            #expect(file.tenants.contains("acme") || path.hasPrefix("utf16"), "\(path)")
        }
        #expect(!search.mayFind(in: Array("{ kind: Tenant, metadata: { name: other } }".utf8)))
        #expect(!search.mayFind(in: []))
    }

    @Test(arguments: ["a", "zz", "acme", "x-9", "Policy"])
    func aWordIsFoundWhereverItStands(word: String) {
        let search = ByteSearch([word])
        for before in 0..<5 {
            for after in 0..<5 {
                let text = String(repeating: ".", count: before) + word + String(repeating: ".", count: after)
                #expect(search.finds(in: Array(text.utf8)))
                #expect(!search.finds(in: Array(text.utf8.dropLast(after + 1))))
            }
        }
        #expect(ByteSearch(["none", word]).finds(in: Array(word.utf8)))
    }

    @Test func filesThatDifferAreReadOnBothSidesAndOthersOnlyWhenChosen() async throws {
        let test = try TestRepository()
        var files = Dictionary(uniqueKeysWithValues: Self.tricky)
        let base = try await test.commit(bytes: files.mapValues { $0 })
        files["plain.yaml"] = Array("{}".utf8)
        let head = try await test.commit(bytes: ["plain.yaml": files["plain.yaml"], "block.yaml": [UInt8]?.none])
        let pair = try await ManifestPair(from: base, to: head, in: test.repository)
        let changed = try pair.changedFiles()
        #expect(changed.map(\.path) == ["block.yaml", "plain.yaml"])
        #expect(changed.map { $0.new == nil } == [true, false])
        #expect(changed.allSatisfy { $0.tenants == ["acme"] })
        #expect(pair.unchanged.count == Self.tricky.count - 2)
        let search = ByteSearch(["other"])
        let read = try pair.unchangedFiles { _, bytes in search.finds(in: bytes) ? .parse : .leave }
        #expect(read.count == 1)
    }
}
