import Foundation
import Manifests
import Testing

/// Files that ask too much are refused early.
struct LimitsTests {
    private static let small = {
        var limits = ManifestLimits()
        limits.fileBytes = 100_000
        limits.documentBytes = 20_000
        limits.documentsPerFile = 20
        limits.nodesPerDocument = 1000
        limits.depth = 8
        limits.scalarBytes = 500
        limits.problemsPerFile = 10
        return limits
    }()

    private func refusal(_ text: String, path: String = "x.yaml") -> Place? {
        let file = load(text, path: path, limits: Self.small)
        return file.problems.count == 1 ? file.problems.first.map(Place.init) : nil
    }

    /// Each step stands for ten of the one before: 10^10 values, of which none is ever made.
    @Test func billionLaughs() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for step in 1...9 {
            let aliases = Array(repeating: "*a\(step - 1)", count: 10).joined(separator: ",")
            text += "a\(step): &a\(step) [\(aliases)]\n"
        }
        let file = load(text)
        #expect(file.places == [Place(.limit, 6, 10)])
        #expect(refusal(text) == Place(.limit, 3, 38))
    }

    @Test func anAliasOfWhatItIsIn() {
        #expect(refusal("a: &a [*a]") == Place(.syntax, 1, 8))
    }

    @Test func aliasesCannotNestDeeperThanText() {
        var text = "a0: &a0 [x]\n"
        for step in 1...8 { text += "a\(step): &a\(step) [*a\(step - 1)]\n" }
        #expect(refusal(text) == Place(.limit, 7, 10))
    }

    @Test func aliasesWithinLimitsAreFine() {
        let file = load(
            """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: p }
            spec:
              rules:
                - { action: deny, from: &all [{ any: true }], to: *all }
            """)
        #expect(file.problems == [])
        #expect(file.resources.count == 1)
    }

    @Test(arguments: ["x.yaml", "x.json"])
    func depth(path: String) {
        let nested = String(repeating: "[", count: 50_000)
        #expect(refusal(nested, path: path) == Place(.limit, 1, 9))
        #expect(load(nested, path: path).places == [Place(.limit, 1, 33)])
        #expect(refusal(String(repeating: "- ", count: 9000)) == Place(.limit, 1, 17))
        #expect(refusal(String(repeating: "? ", count: 9000)) == Place(.limit, 1, 17))
    }

    @Test(arguments: ["x.yaml", "x.json"])
    func valuesOfADocument(path: String) {
        let list = "[" + Array(repeating: "1", count: 2000).joined(separator: ",") + "]"
        #expect(refusal(list, path: path) == Place(.limit, 1, 2000))
    }

    @Test(arguments: ["x.yaml", "x.json"])
    func lengthOfAValue(path: String) {
        #expect(refusal("{\"a\": \"\(String(repeating: "x", count: 501))\"}", path: path) == Place(.limit, 1, 7))
    }

    /// The parser is never given more than a document's limit, so it cannot collect more than that.
    @Test func aValueLargerThanADocumentIsNotReadToItsEnd() {
        let large = String(repeating: "x", count: 80_000)
        #expect(refusal(large) == Place(.limit, 1, 20_000))
        #expect(refusal("a: \"" + large)?.kind == .limit)
        #expect(refusal("# " + large)?.kind == .limit)
        #expect(refusal("!" + large)?.kind == .limit)
        #expect(refusal(String(repeating: "\n", count: 80_000))?.kind == .limit)
        #expect(refusal("[\n" + String(repeating: "1,\n", count: 9000) + "]")?.kind == .limit)
    }

    @Test func sizeOfADocumentIsPerDocument() {
        let document = Sample.node + "# " + String(repeating: "x", count: 15_000) + "\n"
        let file = load([document, document, document].joined(separator: "---\n"), limits: Self.small)
        #expect(file.problems == [])
        #expect(file.resources.count == 3)
    }

    @Test func documentsOfAFile() {
        #expect(refusal(String(repeating: "---\n", count: 30))?.kind == .limit)
        #expect(refusal(String(repeating: "null\n", count: 30), path: "x.json")?.kind == nil)
    }

    @Test func problemsOfAFile() {
        let wrong = Array(repeating: "[]", count: 19).joined(separator: "\n---\n")
        let file = load(wrong, limits: Self.small)
        #expect(file.problems.count == 11)
        #expect(file.problems.last?.kind == .limit)
        let keys = "kind: Node\n" + (0..<300).map { "k\($0): 1" }.joined(separator: "\n")
        #expect(load(keys, limits: Self.small).problems.count == 11)
    }

    @Test func listsThatAreComparedWithOthers() {
        let reserved = (0..<1025).map { _ in "10.0.0.9" }.joined(separator: ",")
        let file = load(Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nreserved: [\(reserved)]"))
        #expect(file.places == [Place(.limit, 6, 14 + 1024 * 9)])
    }

    @Test func aFileIsRefusedByItsSizeBeforeItIsRead() throws {
        let path = NSTemporaryDirectory() + "limits-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        // Without blocks on the disk: a file of 1 TB can only be refused without reading it.
        try handle.truncate(atOffset: 1 << 40)
        try handle.close()
        let files = try FolderReader().read(path)
        #expect(files.flatMap(\.places) == [Place(.limit, 1, 1)])
    }
}
