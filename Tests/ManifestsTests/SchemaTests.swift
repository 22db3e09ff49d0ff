import Foundation
import Manifests
import Testing

/// What editors are given is what the decoders ask for. That it accepts what is right and refuses what is wrong is
/// checked by `Tests/LintTests/validate-schemas`.
struct SchemaTests {
    private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .appending(path: "../../../manifests/schema").standardized

    @Test(arguments: ManifestSchema.files)
    func filesAreCurrent(_ file: ManifestSchema.File) throws {
        let text = try String(contentsOf: Self.folder.appending(path: file.name), encoding: .utf8)
        #expect(text == file.text, "not current: renew with `cvlan schema --write manifests/schema`")
    }

    private func schema(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func everyFieldIsDescribed() throws {
        func check(_ value: Any, _ path: String) {
            guard let schema = value as? [String: Any] else { return }
            for (name, field) in schema["properties"] as? [String: [String: Any]] ?? [:] where !path.contains(".if") {
                #expect((field["description"] as? String)?.hasSuffix(".") == true, "\(path).\(name)")
            }
            for (key, value) in schema { check(value, "\(path).\(key)") }
        }
        for kind in ResourceKind.allCases { check(try schema(ManifestSchema.text(of: kind)), kind.rawValue) }
    }

    @Test func whatIsRequiredAndWhatIsTheDefaultIsSaid() throws {
        let policy = ManifestSchema.text(of: .policy)
        #expect(policy.contains("\"required\": [\"action\", \"from\", \"to\"]"))
        #expect(policy.contains("\"required\": [\"apiVersion\", \"kind\", \"metadata\"]"))
        #expect(
            ManifestSchema.text(of: .cvlan).contains("\"required\": [\"apiVersion\", \"kind\", \"metadata\", \"spec\"]")
        )
        #expect(ManifestSchema.text(of: .node).contains("\"default\": 100"))
        #expect(ManifestSchema.text(of: .node).contains("\"default\": \"client\""))
        #expect(ManifestSchema.text(of: .tenant).contains("\"#/$defs/selector\""))
    }
}
